using Connect.Api.Tests.Support;

namespace Connect.Api.Tests;

/// <summary>The look ahead at scheduled campaigns with the program's own reminders and a clock that jumps.</summary>
public sealed class LookAheadTests
{
    [Fact]
    public async Task A_clock_that_jumps_meets_every_stage_and_leaves_the_alert_of_the_latest()
    {
        await using var api = await RunningApi.Start();
        var admin = await api.AccountWith(2, "ahead");
        var draft = (await admin.Post("/v1/accounts/ahead/campaigns", new
        {
            name = "Friday", text = "Hello", recipients = Enumerable.Range(0, 5).Select(n => $"041200000{n}"), scheduledAt = api.Now().AddDays(10),
        }, "c")).Ok().Text("id");
        (await admin.Post($"/v1/accounts/ahead/campaigns/{draft}/send", null, "s")).Ok();
        Assert.Equal([$"not-covered:{draft}:scheduled"], await Alerts(admin, "ahead"));

        await Advance(api, TimeSpan.FromDays(9.5));
        Assert.Equal([$"not-covered:{draft}:24h"], await Alerts(admin, "ahead"));
        await Advance(api, TimeSpan.FromHours(11.5));
        Assert.Equal([$"not-covered:{draft}:1h"], await Alerts(admin, "ahead"));

        var staff = await api.SignIn("ahead", "operator");
        (await staff.Post("/v1/operator/accounts/ahead/grants", new { credits = 3, reason = "r" }, "more")).Ok();
        await Advance(api, TimeSpan.FromHours(1));
        await Poll.Until(async () => (await admin.Get($"/v1/accounts/ahead/campaigns/{draft}")).Ok().Text("status") == "completed", "the campaign was sent");
        Assert.Empty(await Alerts(admin, "ahead"));
    }

    [Fact]
    public async Task A_clock_that_jumps_beyond_the_start_sends_what_is_covered_and_stops()
    {
        await using var api = await RunningApi.Start();
        var admin = await api.AccountWith(2, "beyond");
        var draft = (await admin.Post("/v1/accounts/beyond/campaigns", new
        {
            name = "Friday", text = "Hello", recipients = Enumerable.Range(0, 5).Select(n => $"041200000{n}"), scheduledAt = api.Now().AddDays(2),
        }, "c")).Ok().Text("id");
        (await admin.Post($"/v1/accounts/beyond/campaigns/{draft}/send", null, "s")).Ok();
        await Advance(api, TimeSpan.FromDays(30));
        await Poll.Until(async () => (await admin.Get($"/v1/accounts/beyond/campaigns/{draft}")).Ok().Text("status") == "stopped_out_of_credits", "the campaign stopped");
        Assert.Equal(2, (await admin.Get($"/v1/accounts/beyond/campaigns/{draft}")).Ok().Number("sent"));
        await Poll.Until(async () => (await Alerts(admin, "beyond")).All(id => !id.StartsWith("not-covered", StringComparison.Ordinal)), "the look ahead is over");
    }

    private static async Task Advance(RunningApi api, TimeSpan by) => (await api.Anonymous().Post("/sandbox/clock/advance", new { seconds = by.TotalSeconds })).Ok();

    private static async Task<IEnumerable<string>> Alerts(Client client, string account) =>
        (await client.Get($"/v1/accounts/{account}/alerts")).Ok().Json["alerts"]!.AsArray().Select(alert => alert!["id"]!.GetValue<string>());
}
