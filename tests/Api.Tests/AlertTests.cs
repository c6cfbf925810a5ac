using System.Net.ServerSentEvents;
using System.Text.Json.Nodes;
using Connect.Alerts;
using Connect.Api.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Connect.Api.Tests;

[Collection(SharedApi.Name)]
public sealed class AlertTests(ApiFixture fixture)
{
    private readonly RunningApi api = fixture.Api;

    [Fact]
    public async Task Everybody_on_the_account_sees_alerts_of_campaigns_and_only_with_billing_access_how_many_credits_are_missing()
    {
        await Raise("alerts-1");
        foreach (var (role, shortfall) in new (string, long?)[] { ("admin", 320), ("billing", 320), ("member", null), ("operator", 320) })
        {
            var alert = Assert.Single(await Alerts(await api.SignIn("alerts-1", role), "alerts-1"))!;
            Assert.Equal(("not-covered:c1:1h", "scheduled_not_covered", "c1"), (Text(alert, "id"), Text(alert, "kind"), Text(alert, "campaignId")));
            Assert.Equal("“Friday” needs more credits than there will be", Text(alert, "title"));
            Assert.Equal(shortfall is null, !Text(alert, "text").Contains("320 too few", StringComparison.Ordinal));
            Assert.Equal(shortfall, alert["shortfall"]?.GetValue<long>());
        }
    }

    [Fact]
    public async Task An_alert_that_one_person_dismissed_is_shown_to_nobody()
    {
        await Raise("alerts-2");
        var (admin, member) = (await api.SignIn("alerts-2"), await api.SignIn("alerts-2", "member"));
        var left = (await member.Post("/v1/accounts/alerts-2/alerts/not-covered:c1:1h/dismiss")).Ok();
        Assert.Empty(left.Json["alerts"]!.AsArray());
        (await member.Post("/v1/accounts/alerts-2/alerts/not-covered:c1:1h/dismiss")).Ok();
        Assert.Empty(await Alerts(admin, "alerts-2"));
        (await admin.Post("/v1/accounts/alerts-2/alerts/not-covered:c2:1h/dismiss")).Problem(404, "not-found");
        (await (await api.SignIn("alerts-2", "operator")).Post("/v1/accounts/alerts-2/alerts/not-covered:c1:1h/dismiss")).Problem(403, "account-access-denied");
    }

    [Fact]
    public async Task How_many_there_are_to_see_is_told_as_it_changes()
    {
        var member = await api.SignIn("alerts-3", "member");
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await using var stream = await member.Http.GetStreamAsync("/v1/accounts/alerts-3/events", limit.Token);
        await using var counts = SseParser.Create(stream).EnumerateAsync(limit.Token).Where(item => item.EventType == "alerts").GetAsyncEnumerator(limit.Token);
        Assert.Equal(0, await Next());
        await Raise("alerts-3");
        Assert.Equal(1, await Next());
        (await member.Post("/v1/accounts/alerts-3/alerts/not-covered:c1:1h/dismiss")).Ok();
        Assert.Equal(0, await Next());

        async Task<int> Next()
        {
            Assert.True(await counts.MoveNextAsync());
            return JsonNode.Parse(counts.Current.Data)!["count"]!.GetValue<int>();
        }
    }

    private async Task Raise(string account)
    {
        await api.SignIn(account);
        await api.Services.GetRequiredService<IGrainFactory>().GetGrain<IAlertsGrain>(account).Raise(new()
        {
            Id = "not-covered:c1:1h",
            Kind = AlertKind.ScheduledNotCovered,
            Facts = new() { CampaignId = "c1", CampaignName = "Friday", ScheduledAt = api.Now().AddHours(1), Recipients = 1_500, Required = 1_500, Available = 1_180, Shortfall = 320 },
        });
    }

    private static async Task<IEnumerable<JsonNode?>> Alerts(Client client, string account) => (await client.Get($"/v1/accounts/{account}/alerts")).Ok().Json["alerts"]!.AsArray();

    private static string Text(JsonNode alert, string member) => alert[member]!.GetValue<string>();
}
