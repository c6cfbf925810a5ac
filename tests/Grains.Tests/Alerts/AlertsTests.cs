using Connect.Alerts;
using Connect.Grains.Alerts.Engine;
using Connect.Grains.Tests.Campaigns;

namespace Connect.Grains.Tests.Alerts;

[Collection(nameof(CampaignCluster))]
public sealed class AlertsTests(CampaignCluster cluster)
{
    [Fact]
    public async Task An_alert_is_shown_until_somebody_dismisses_it_and_never_again()
    {
        var alerts = Alerts("alerts-1");
        await alerts.Raise(Stopped("campaign-stopped:c1"));
        var shown = Assert.Single(await alerts.List());
        Assert.Equal(("campaign-stopped:c1", AlertKind.CampaignStopped, "c1", 320L), (shown.Id, shown.Kind, shown.Facts.CampaignId, shown.Facts.Remaining));
        await alerts.Raise(Stopped("campaign-stopped:c1") with { Facts = new() });
        Assert.Equal(shown, Assert.Single(await alerts.List()));

        Assert.True(await alerts.Dismiss("campaign-stopped:c1", "ana"));
        Assert.True(await alerts.Dismiss("campaign-stopped:c1", "ana"));
        Assert.False(await alerts.Dismiss("campaign-stopped:c2", "ana"));
        await alerts.Raise(Stopped("campaign-stopped:c1"));
        Assert.Empty(await alerts.List());
        Assert.Empty(await Alerts("alerts-2").List());
    }

    [Fact]
    public async Task What_no_longer_holds_is_withdrawn()
    {
        var alerts = Alerts("alerts-3");
        await alerts.Raise(Stopped("one"));
        await alerts.Raise(Stopped("two"));
        await alerts.Withdraw(["one", "unknown"]);
        await alerts.Withdraw(["one"]);
        await alerts.Raise(Stopped("one"));
        Assert.Equal(["two"], (await alerts.List()).Select(alert => alert.Id));
    }

    [Fact]
    public async Task Alerts_outlive_the_silo()
    {
        await Alerts("alerts-4").Raise(Stopped("one"));
        cluster.Storage.EndsWith = (name, state) => name == "alerts" && state is AlertsState { Kept.Length: 2 };
        await Assert.ThrowsAnyAsync<Exception>(() => Alerts("alerts-4").Raise(Stopped("two")));
        cluster.Storage.EndsWith = null;
        await Alerts("alerts-4").Raise(Stopped("two"));
        Assert.Equal(["two", "one"], (await Alerts("alerts-4").List()).Select(alert => alert.Id));
    }

    [Fact]
    public async Task An_id_that_is_none_is_refused()
    {
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Alerts("alerts-5").Raise(Stopped(" ")));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Alerts("alerts-5").Raise(Stopped(new('x', 201))));
    }

    private static AlertToRaise Stopped(string id) =>
        new() { Id = id, Kind = AlertKind.CampaignStopped, Facts = new() { CampaignId = "c1", CampaignName = "Friday", Recipients = 1_500, Sent = 1_180, Remaining = 320 } };

    private IAlertsGrain Alerts(string account) => cluster.Client.GetGrain<IAlertsGrain>(account);
}
