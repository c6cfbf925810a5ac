using System.Text.Json;
using System.Text.Json.Nodes;
using Connect.Api.Tests.Support;

namespace Connect.Api.Tests;

/// <summary>The program as a whole: restart, sandbox mode, limits, document.</summary>
public sealed class ProgramTests
{
    [Fact]
    public async Task What_was_answered_survives_a_restart_and_the_demo_account_is_made_once()
    {
        var directory = Directory.CreateTempSubdirectory("credits-restart-").FullName;
        try
        {
            string token, first;
            await using (var before = await RunningApi.Start(directory))
            {
                token = (await before.Anonymous().Post("/sandbox/token", new { accountId = "kept", userId = "op", role = "operator" })).Ok().Text("token");
                first = (await new Client(before.Address, token).Post("/v1/operator/accounts/kept/grants", new { credits = 7, reason = "r" }, "k1")).Ok().Body;
            }
            await using var after = await RunningApi.Start(directory);
            var staff = new Client(after.Address, token);
            Assert.Equal(7, (await staff.Get("/v1/accounts/kept/credits")).Ok().Number("available"));
            Assert.Equal(first, (await staff.Post("/v1/operator/accounts/kept/grants", new { credits = 7, reason = "r" }, "k1")).Ok().Body);
            (await staff.Post("/v1/operator/accounts/kept/grants", new { credits = 8, reason = "r" }, "k1")).Problem(422, "operation-id-reused");
            Assert.Equal(7, (await staff.Get("/v1/accounts/kept/credits")).Ok().Number("available"));

            var demo = (await staff.Get("/v1/operator/accounts/demo")).Ok().Json;
            Assert.Equal(250, demo["credits"]!["available"]!.GetValue<long>());
            Assert.Equal("4242", Assert.Single(demo["cards"]!.AsArray())!["last4"]!.GetValue<string>());
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public async Task Moving_the_clock_expires_credits_and_signs_nobody_out()
    {
        await using var api = await RunningApi.Start();
        var admin = await api.AccountWith(40, "clock");
        (await api.Anonymous().Post("/sandbox/clock/advance", new { seconds = 90 * 86_400 })).Ok();
        Assert.Equal(0, (await admin.Get("/v1/accounts/clock/credits")).Ok().Number("available"));
        var last = (await admin.Get("/v1/accounts/clock/ledger")).Ok().Json["entries"]!.AsArray()[^1]!;
        Assert.Equal("expire", last["kind"]!.GetValue<string>());
        Assert.Equal(-40, last["credits"]!.GetValue<long>());
    }

    [Fact]
    public async Task A_quote_that_is_too_old_is_refused()
    {
        await using var api = await RunningApi.Start();
        var admin = await api.SignIn("stale");
        (await api.Anonymous().Post("/sandbox/accounts/stale/cards", new { number = "4242424242424242", expMonth = 12, expYear = 2031 })).Ok();
        var quote = (await admin.Post("/v1/accounts/stale/quotes", new { credits = 100 })).Ok().Text("id");
        (await api.Anonymous().Post("/sandbox/clock/advance", new { seconds = 15 * 60 })).Ok();
        (await admin.Post("/v1/accounts/stale/purchases", new { quoteId = quote }, "k1")).Problem(409, "price-changed");
        Assert.Equal(0, (await admin.Get("/v1/accounts/stale/credits")).Number("available"));
    }

    [Fact]
    public async Task Outside_sandbox_mode_there_is_no_sandbox()
    {
        await using var api = await RunningApi.Start(null, "--Stripe:ApiKey=sk_test_of_somebody", "--Messaging:Gateway=None", "--Stripe:ApiBase=http://127.0.0.1:9", $"--Auth:SigningKey={new string('s', 48)}");
        foreach (var path in new[] { "/sandbox/token", "/sandbox/clock/advance", "/sandbox/sign-in", "/sandbox/sms/faults", "/sandbox/stripe/faults", "/sandbox/accounts/a/cards" })
            (await api.Anonymous().Post(path, new { accountId = "a", userId = "u", role = "operator", seconds = 1 })).Problem(404, "not-found");
        foreach (var path in new[] { "/sandbox/sms", "/sandbox/clock", "/sandbox/people", "/sandbox/stripe/v1/customers" })
            (await api.Anonymous().Get(path)).Problem(404, "not-found");
        (await api.Anonymous().Get("/v1/pricing")).Ok();
    }

    [Fact]
    public async Task Outside_sandbox_mode_the_program_does_not_start_without_a_good_signing_key()
    {
        Assert.Contains("Auth:SigningKey", (await Assert.ThrowsAsync<InvalidOperationException>(() => RunningApi.Start(null, "--Stripe:ApiKey=sk_test_1", "--Messaging:Gateway=None"))).Message, StringComparison.Ordinal);
        Assert.Contains("32 bytes", (await Assert.ThrowsAsync<InvalidOperationException>(() => RunningApi.Start(null, "--Auth:SigningKey=short"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_flood_of_one_account_is_refused_with_a_time_to_come_back_and_others_go_on()
    {
        await using var api = await RunningApi.Start(null, "--RateLimit:PerSecond=5");
        var (noisy, quiet) = (await api.SignIn("noisy"), await api.SignIn("quiet"));
        var replies = await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => noisy.Get("/v1/accounts/noisy/credits")));
        var refused = replies.Where(reply => (int)reply.Status == 429).ToArray();
        Assert.NotEmpty(refused);
        Assert.True(int.Parse(refused[0].Problem(429, "too-many-requests").Headers["Retry-After"], System.Globalization.CultureInfo.InvariantCulture) >= 1);
        (await quiet.Get("/v1/accounts/quiet/credits")).Ok();
    }

    [Fact]
    public async Task The_document_that_is_checked_in_is_the_one_that_is_served()
    {
        await using var api = await RunningApi.Start();
        var served = (await api.Anonymous().Get("/openapi/v1.json")).Ok().Json;
        Assert.StartsWith("3.1", served["openapi"]!.GetValue<string>(), StringComparison.Ordinal);
        var path = Path.Combine(Repository(), "docs", "openapi.json");
        if (Environment.GetEnvironmentVariable("WRITE_OPENAPI") == "1")
            await File.WriteAllTextAsync(path, served.ToJsonString(new JsonSerializerOptions { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }) + "\n");
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(await File.ReadAllTextAsync(path)), served), "docs/openapi.json is not what is served: run this test with WRITE_OPENAPI=1 and look at the difference.");
    }

    [Fact]
    public async Task The_documentation_page_loads_nothing_from_another_host()
    {
        await using var api = await RunningApi.Start();
        using var http = new HttpClient { BaseAddress = api.Address };
        var page = await http.GetStringAsync("/docs/");
        Assert.DoesNotContain("https://", page, StringComparison.Ordinal);
        Assert.Contains("\"telemetry\":false", page.Replace(" ", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    private static string Repository()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "Credits.sln")))
            directory = directory.Parent!;
        return directory.FullName;
    }
}
