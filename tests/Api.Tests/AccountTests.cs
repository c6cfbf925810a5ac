using Connect.Api.Tests.Support;

namespace Connect.Api.Tests;

/// <summary>Credits, ledger, auto top-up, operator, live updates.</summary>
[Collection(SharedApi.Name)]
public sealed class AccountTests(ApiFixture fixture)
{
    private readonly RunningApi api = fixture.Api;

    [Fact]
    public async Task The_ledger_comes_in_pages_that_join_without_gap_or_overlap()
    {
        var admin = await api.SignIn("ledger-1");
        var staff = await api.SignIn("ledger-1", "operator");
        for (var n = 1; n <= 6; n++)
            (await staff.Post("/v1/operator/accounts/ledger-1/grants", new { credits = n, reason = "r" }, $"k{n}")).Ok();

        var sequences = new List<long>();
        for (long? after = 0; after is not null;)
        {
            var page = (await admin.Get($"/v1/accounts/ledger-1/ledger?after={after}&limit=3")).Ok();
            sequences.AddRange(page.Json["entries"]!.AsArray().Select(entry => entry!["sequence"]!.GetValue<long>()));
            after = page.Json["nextCursor"]?.GetValue<long>();
        }
        Assert.Equal([1, 2, 3, 4, 5, 6, 7], sequences);
    }

    [Fact]
    public async Task A_ledger_entry_tells_what_moved_where_and_who_asked()
    {
        var admin = await api.AccountWith(40, "ledger-2");
        var entry = (await admin.Get("/v1/accounts/ledger-2/ledger?after=1")).Ok().Json["entries"]![0]!;
        Assert.Equal("grant", entry["kind"]!.GetValue<string>());
        Assert.Equal("operator-grant:first", entry["operationId"]!.GetValue<string>());
        Assert.Equal(40, entry["credits"]!.GetValue<long>());
        Assert.Equal(40, entry["balanceAfter"]!.GetValue<long>());
        Assert.Equal("for the test", entry["reference"]!.GetValue<string>());
        Assert.Equal("operator-1", entry["actor"]!.GetValue<string>());
        Assert.Equal("""[{"batchId":2,"credits":40}]""", entry["draws"]!.ToJsonString());
        Assert.Equal(TimeSpan.Zero, entry["at"]!.GetValue<DateTimeOffset>().Offset);
    }

    [Fact]
    public async Task Auto_top_up_is_saved_by_version()
    {
        var admin = await api.AccountWith(1000, "topup-1");
        const string path = "/v1/accounts/topup-1/auto-top-up";
        var settings = new { enabled = true, threshold = 100, credits = 500, monthlyCap = 100_000 };
        var read = (await admin.Get(path)).Ok();
        Assert.Equal("off", read.Text("state"));

        (await admin.Put(path, settings)).Problem(428, "precondition-required", "If-Match");
        (await admin.Put(path, settings, "\"77\"")).Problem(412, "precondition-failed", "If-Match");
        (await admin.Put(path, settings, "rubbish")).Problem(412, "precondition-failed");
        var saved = (await admin.Put(path, settings, read.Headers["ETag"])).Ok();
        Assert.Equal("armed", saved.Text("state"));
        Assert.NotEmpty(saved.Text("reason"));
        Assert.Equal("""{"amount":100000,"currency":"AUD"}""", saved.Json["monthlyCap"]!.ToJsonString());
        Assert.NotEqual(read.Headers["ETag"], saved.Headers["ETag"]);

        (await admin.Put(path, settings, read.Headers["ETag"])).Problem(412, "precondition-failed");
        var off = (await admin.Put(path, new { enabled = false, threshold = 100, credits = 500 }, saved.Headers["ETag"])).Ok();
        Assert.Equal("off", off.Text("state"));
        (await admin.Put(path, settings, "*")).Ok();
        Assert.Equal("armed", (await admin.Get("/v1/accounts/topup-1/credits")).Ok().Json["autoTopUp"]!["state"]!.GetValue<string>());
    }

    [Fact]
    public async Task Retrying_an_auto_top_up_that_is_not_suspended_says_so() =>
        (await (await api.SignIn("topup-2")).Post("/v1/accounts/topup-2/auto-top-up/retry")).Problem(409, "not-suspended");

    [Fact]
    public async Task A_declined_top_up_says_why_and_a_new_card_sets_it_going_again()
    {
        var admin = await api.AccountWith(50, "topup-3");
        (await api.Anonymous().Post("/sandbox/accounts/topup-3/cards", new { number = "4000000000000341", expMonth = 12, expYear = 2031 })).Ok();
        (await admin.Put("/v1/accounts/topup-3/auto-top-up", new { enabled = true, threshold = 100, credits = 500 }, "*")).Ok();
        await Poll.Until(async () => (await admin.Get("/v1/accounts/topup-3/auto-top-up")).Text("state") == "suspended", "the top-up is suspended");
        var suspended = await admin.Get("/v1/accounts/topup-3/auto-top-up");
        Assert.Equal("card_declined", suspended.Text("suspendedBecause"));
        Assert.Contains("0341", suspended.Text("reason"), StringComparison.Ordinal);

        (await api.Anonymous().Post("/sandbox/accounts/topup-3/cards", new { number = "4242424242424242", expMonth = 12, expYear = 2031 })).Ok();
        await Poll.Until(async () => (await admin.Get("/v1/accounts/topup-3/credits")).Number("available") == 550, "the top-up has been bought");
    }

    [Fact]
    public async Task A_top_up_that_stopped_at_the_cap_is_resumed_by_operators_only()
    {
        var admin = await api.AccountWith(150, "topup-4");
        const string path = "/v1/accounts/topup-4/auto-top-up", resume = "/v1/operator/accounts/topup-4/auto-top-up/resume";
        (await api.Anonymous().Post("/sandbox/accounts/topup-4/cards", new { number = "4242424242424242", expMonth = 12, expYear = 2031 })).Ok();
        var price = (await admin.Post("/v1/accounts/topup-4/quotes", new { credits = 1_000 })).Ok().Json["total"]!["amount"]!.GetValue<long>();
        (await admin.Put(path, new { enabled = true, threshold = 1_000, credits = 1_000, monthlyCap = price }, "*")).Ok();
        await Poll.Until(async () => (await admin.Get("/v1/accounts/topup-4/credits")).Number("available") == 1_150, "the top-up has been bought");
        var staff = await api.SignIn("elsewhere", "operator");
        (await staff.Post(resume, new { reason = "r" }, "early")).Problem(409, "not-suspended");
        (await admin.Put(path, new { enabled = true, threshold = 1_200, credits = 1_200, monthlyCap = 2 * price }, "*")).Ok();
        await Poll.Until(async () => (await admin.Get(path)).Text("state") == "suspended", "the top-up is suspended");

        var refused = (await admin.Post(path + "/retry")).Problem(409, "auto-top-up-not-resumable");
        Assert.Contains("monthly cap", refused.Text("detail"), StringComparison.Ordinal);
        Assert.Equal("monthly_cap", (await admin.Get(path)).Text("suspendedBecause"));

        (await staff.Post(resume, new { reason = "r" })).Problem(400, "idempotency-key-required");
        (await staff.Post(resume, new { }, "k0")).Problem(400, "validation", "reason");
        var resumed = (await staff.Post(resume, new { reason = "agreed by phone" }, "k1")).Ok();
        Assert.Equal("true", (await staff.Post(resume, new { reason = "agreed by phone" }, "k1")).Ok().Headers["Idempotency-Replayed"]);
        var entry = (await admin.Get($"/v1/accounts/topup-4/ledger?after={resumed.Number("sequence") - 1}")).Ok().Json["entries"]![0]!;
        Assert.Equal(("auto_top_up_resumed", "agreed by phone"), (entry["kind"]!.GetValue<string>(), entry["reference"]!.GetValue<string>()));
    }

    [Fact]
    public async Task An_operator_sees_everything_of_an_account()
    {
        await api.AccountWith(40, "ops-1");
        var staff = await api.SignIn("elsewhere", "operator");
        var account = (await staff.Get("/v1/operator/accounts/ops-1")).Ok().Json;
        Assert.Equal(40, account["credits"]!["available"]!.GetValue<long>());
        Assert.Empty(account["check"]!["findings"]!.AsArray());
        Assert.Equal(2, account["ledger"]!.AsArray().Count);
        Assert.NotEmpty(account["silo"]!.GetValue<string>());
        (await staff.Get("/v1/operator/accounts/no-such-account")).Problem(404, "not-found");
    }

    [Fact]
    public async Task An_operator_ends_a_batch()
    {
        var admin = await api.AccountWith(40, "ops-2");
        var staff = await api.SignIn("ops-2", "operator");
        (await staff.Post("/v1/operator/accounts/ops-2/voids", new { batchId = 99, reason = "r" }, "k0")).Problem(404, "not-found");
        Assert.Equal(40, (await staff.Post("/v1/operator/accounts/ops-2/voids", new { batchId = 2, reason = "r" }, "k1")).Ok().Number("credits"));
        Assert.Equal(0, (await admin.Get("/v1/accounts/ops-2/credits")).Number("available"));
        (await staff.Post("/v1/operator/accounts/ops-2/voids", new { batchId = 2, reason = "r" }, "k2")).Problem(404, "not-found");
        (await staff.Post("/v1/operator/accounts/never-opened/grants", new { credits = 1, reason = "r" }, "k")).Problem(404, "not-found");
    }

    [Fact]
    public async Task Reconciliation_checks_every_account()
    {
        await api.AccountWith(40, "ops-3");
        var report = (await (await api.SignIn("ops-3", "operator")).Post("/v1/operator/reconcile")).Ok();
        Assert.True(report.Json["balanced"]!.GetValue<bool>(), report.Body);
        Assert.True(report.Number("accounts") >= 2);
        Assert.True(report.Json["totals"]!["granted"]!.GetValue<long>() >= 40);
        Assert.Empty(report.Json["findings"]!.AsArray());
    }

    [Fact]
    public async Task Events_tell_the_balance_at_once_and_again_when_it_changes()
    {
        var admin = await api.AccountWith(40, "events-1");
        var staff = await api.SignIn("events-1", "operator");
        using var stream = await admin.Http.GetStreamAsync("/v1/accounts/events-1/events");
        using var lines = new StreamReader(stream);

        Assert.Equal("ping", (await Next(lines)).Event);
        var (first, data) = await Next(lines);
        Assert.Equal("balance", first);
        Assert.Contains("\"available\":40", data, StringComparison.Ordinal);

        (await staff.Post("/v1/operator/accounts/events-1/grants", new { credits = 2, reason = "r" }, "k2")).Ok();
        string changed;
        do
            changed = (await Next(lines)).Data;
        while (!changed.Contains("\"available\":42", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_member_gets_no_balance_among_the_events()
    {
        await api.AccountWith(40, "events-2");
        var member = await api.SignIn("events-2", "member");
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        using var response = await member.Http.GetAsync("/v1/accounts/events-2/events", HttpCompletionOption.ResponseHeadersRead, limit.Token);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync());
        Assert.Equal("ping", (await Next(lines)).Event);
        Assert.Equal("alerts", (await Next(lines)).Event);
        Assert.Equal("ping", (await Next(lines)).Event);
    }

    [Fact]
    public async Task Pricing_shows_the_tiers_to_everybody()
    {
        var pricing = (await api.Anonymous().Get("/v1/pricing")).Ok();
        Assert.Equal("AUD", pricing.Text("currency"));
        var prices = pricing.Json["tiers"]!.AsArray().Select(tier => tier!["unitPrice"]!.GetValue<decimal>()).ToArray();
        Assert.Equal(prices.OrderDescending(), prices);
    }

    private static async Task<(string Event, string Data)> Next(StreamReader lines)
    {
        var (name, data) = ("", "");
        while (await lines.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(90)) is { } line)
        {
            if (line.Length == 0)
                return (name, data);
            if (line.StartsWith("event: ", StringComparison.Ordinal))
                name = line[7..];
            if (line.StartsWith("data: ", StringComparison.Ordinal))
                data += line[6..];
        }
        throw new EndOfStreamException();
    }
}
