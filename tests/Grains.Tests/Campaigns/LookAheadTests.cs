using Connect.Accounts;
using Connect.Alerts;
using Connect.Campaigns;
using Connect.Grains.Alerts.Engine;
using Connect.Grains.Campaigns;
using Connect.Grains.Campaigns.Engine;
using Connect.Grains.Messaging;
using Connect.Grains.Storage;
using Orleans.Runtime;

namespace Connect.Grains.Tests.Campaigns;

[Collection(nameof(CampaignCluster))]
public sealed class LookAheadTests(CampaignCluster cluster)
{
    [Fact]
    public async Task An_account_is_told_when_a_campaign_is_scheduled_that_it_will_not_be_covered()
    {
        await Schedule("ahead-1", credits: 2, people: 5, TimeSpan.FromDays(3));
        var alert = Assert.Single(await Alerts("ahead-1"));
        Assert.Equal(("not-covered:c1:scheduled", AlertKind.ScheduledNotCovered), (alert.Id, alert.Kind));
        var scheduledAt = (await cluster.Campaign("ahead-1").Get())!.ScheduledAt;
        Assert.Equal(
            new() { CampaignId = "c1", CampaignName = "Test", ScheduledAt = scheduledAt, Recipients = 5, Required = 5, Available = 2, Shortfall = 3 },
            alert.Facts);
    }

    [Fact]
    public async Task Credits_that_expire_before_its_time_do_not_cover_it()
    {
        await cluster.OpenAccount("ahead-2", 0);
        await Grant("ahead-2", 3, cluster.Time.GetUtcNow().AddDays(2));
        await Grant("ahead-2", 4, cluster.Time.GetUtcNow().AddDays(30));
        await Schedule("ahead-2", null, people: 6, TimeSpan.FromDays(3));
        Assert.Equal((4L, 2L), Assert.Single(await Alerts("ahead-2")).Facts is var facts ? (facts.Available!.Value, facts.Shortfall!.Value) : default);
    }

    [Fact]
    public async Task A_campaign_that_is_covered_raises_nothing_at_any_stage()
    {
        await Schedule("ahead-3", credits: 5, people: 5, TimeSpan.FromDays(3));
        foreach (var step in new[] { TimeSpan.FromDays(2), TimeSpan.FromHours(23), TimeSpan.FromHours(1) })
        {
            Assert.Empty(await Alerts("ahead-3"));
            await Move("ahead-3", step);
        }

        Assert.Equal((CampaignStatus.Completed, 5L), (await cluster.Ended("ahead-3")) is var ended ? (ended.Status, ended.Sent) : default);
        Assert.Empty(await Alerts("ahead-3"));
    }

    [Fact]
    public async Task Each_stage_tells_anew_in_the_place_of_the_one_before()
    {
        await Schedule("ahead-4", credits: 2, people: 5, TimeSpan.FromDays(3));
        await Move("ahead-4", TimeSpan.FromDays(2));
        Assert.Equal(["not-covered:c1:24h"], await AlertIds("ahead-4"));
        await Move("ahead-4", TimeSpan.FromHours(22));
        Assert.Equal(["not-covered:c1:24h"], await AlertIds("ahead-4"));
        await Move("ahead-4", TimeSpan.FromHours(1));
        Assert.Equal(["not-covered:c1:1h"], await AlertIds("ahead-4"));
    }

    [Fact]
    public async Task A_clock_that_jumps_over_stages_brings_the_alert_of_the_latest_only()
    {
        await Schedule("ahead-5", credits: 2, people: 5, TimeSpan.FromDays(3));
        Assert.True(await cluster.Client.GetGrain<IAlertsGrain>("ahead-5").Dismiss("not-covered:c1:scheduled", "ana"));
        await Move("ahead-5", TimeSpan.FromHours(71.5));
        Assert.Equal(["not-covered:c1:1h"], await AlertIds("ahead-5"));
    }

    [Fact]
    public async Task Credits_that_come_in_time_take_the_alert_away()
    {
        await Schedule("ahead-6", credits: 2, people: 5, TimeSpan.FromDays(3));
        await cluster.Grant("ahead-6", 3, "more");
        await Move("ahead-6", TimeSpan.FromDays(2));
        Assert.Empty(await Alerts("ahead-6"));
    }

    [Fact]
    public async Task A_send_that_starts_uncovered_starts_and_stops_cleanly_and_the_look_ahead_is_over()
    {
        await Schedule("ahead-7", credits: 2, people: 5, TimeSpan.FromDays(3));
        await Move("ahead-7", TimeSpan.FromDays(3));
        var ended = await cluster.Ended("ahead-7");
        Assert.Equal((CampaignStatus.StoppedOutOfCredits, 2L, 3L), (ended.Status, ended.Sent, ended.Remaining));
        Assert.DoesNotContain(await Alerts("ahead-7"), alert => alert.Kind == AlertKind.ScheduledNotCovered);
    }

    [Fact]
    public async Task A_cancelled_campaign_is_not_spoken_of_any_more()
    {
        var campaign = await Schedule("ahead-8", credits: 2, people: 5, TimeSpan.FromDays(3));
        Assert.Equal(CampaignOutcome.Done, await campaign.Cancel("ana"));
        Assert.Empty(await Alerts("ahead-8"));
    }

    [Theory]
    [InlineData("cancelled")]
    [InlineData("completed")]
    [InlineData("a draft again")]
    public async Task A_crash_just_behind_the_end_leaves_no_alert_and_no_reminder(string end)
    {
        var account = $"ahead-crash-{end}".Replace(' ', '-');
        var campaign = await Schedule(account, credits: 2, people: 5, TimeSpan.FromDays(3));
        Assert.Single(await Alerts(account));
        await cluster.Grant(account, 3, "more");
        cluster.Storage.Only = account + "/";
        cluster.Storage.EndsWith = (name, state) => name == "campaign" && state is CampaignState { Status: CampaignStatus.Canceled or CampaignStatus.Completed or CampaignStatus.Draft };
        // Nobody looks any more before it starts.
        if (end == "completed")
            cluster.Hold[(account, typeof(ICoverageGrain))] = () => Task.FromException(new IOException("The look ahead is away."));
        try
        {
            if (end == "completed")
                await Move(account, TimeSpan.FromDays(3));
            else
                await Assert.ThrowsAnyAsync<Exception>(() => end == "cancelled" ? campaign.Cancel("ana") : campaign.Edit(new() { ClearSchedule = true, Actor = "ana" }));
            await cluster.When(account, view => view.Status is CampaignStatus.Canceled or CampaignStatus.Completed or CampaignStatus.Draft);
        }
        finally
        {
            (cluster.Storage.EndsWith, cluster.Storage.Only) = (null, null);
            cluster.Hold.Clear();
        }

        Assert.Single(await Alerts(account));
        await Move(account, TimeSpan.Zero);
        Assert.Empty(await Alerts(account));
        Assert.DoesNotContain($"{account}/c1", cluster.Reminders.Keys);
    }

    [Fact]
    public async Task A_crash_between_an_alert_and_what_is_stored_of_it_leaves_no_alert_once_the_campaign_is_cancelled()
    {
        cluster.Storage.Only = "ahead-13/";
        cluster.Storage.DiesBefore = (name, state) => name == "campaign" && state is CampaignState { Preflight: not null };
        try
        {
            await Schedule("ahead-13", credits: 2, people: 5, TimeSpan.FromDays(3));
        }
        finally
        {
            (cluster.Storage.DiesBefore, cluster.Storage.Only) = (null, null);
        }

        Assert.Single(await Alerts("ahead-13"));
        Assert.Equal(CampaignOutcome.Done, await cluster.Campaign("ahead-13").Cancel("ana"));
        Assert.Empty(await Alerts("ahead-13"));
    }

    [Fact]
    public async Task Of_a_campaign_that_is_changed_again_before_it_could_be_looked_at_there_is_one_alert()
    {
        var campaign = await Schedule("ahead-14", credits: 2, people: 5, TimeSpan.FromDays(3));
        cluster.Hold[("ahead-14", typeof(ICoverageGrain))] = () => Task.FromException(new IOException("The look ahead is away."));
        Assert.Equal(CampaignOutcome.Done, await campaign.Edit(new() { ScheduledAt = cluster.Time.GetUtcNow().AddDays(4), Actor = "ana" }));
        cluster.Hold.Clear();
        Assert.Equal(["not-covered:c1:scheduled"], await AlertIds("ahead-14"));
        Assert.Equal(CampaignOutcome.Done, await campaign.Edit(new() { ScheduledAt = cluster.Time.GetUtcNow().AddDays(5), Actor = "ana" }));
        Assert.Equal(["not-covered:c1:scheduled:2"], await AlertIds("ahead-14"));
    }

    [Fact]
    public async Task A_campaign_that_is_sent_at_once_is_not_looked_at()
    {
        await cluster.OpenAccount("ahead-9", 2);
        var campaign = await cluster.Draft("ahead-9", CampaignCluster.People(5));
        Assert.Equal(CampaignOutcome.Done, await campaign.Send("ana"));
        await cluster.Ended("ahead-9");
        Assert.DoesNotContain(await Alerts("ahead-9"), alert => alert.Kind == AlertKind.ScheduledNotCovered);
    }

    [Fact]
    public async Task What_could_not_be_looked_at_is_looked_at_with_the_next_tick_and_holds_up_no_start()
    {
        var broken = true;
        cluster.Storage.BeforeWrite = (name, state) =>
        {
            if (name != "alerts" || !broken)
                return;
            // Longer than a save is tried.
            cluster.Time.Skip(SavedState<AlertsState>.Patience);
            throw new IOException("The alerts are away.");
        };
        try
        {
            await Schedule("ahead-10", credits: 2, people: 5, TimeSpan.FromDays(3));
            Assert.Empty(await Alerts("ahead-10"));
            broken = false;
            await Move("ahead-10", TimeSpan.Zero);
            Assert.Equal(["not-covered:c1:scheduled"], await AlertIds("ahead-10"));
            broken = true;
            await Move("ahead-10", TimeSpan.FromDays(3));
            Assert.NotEqual(CampaignStatus.Scheduled, (await cluster.Campaign("ahead-10").Get())!.Status);
            broken = false;
            Assert.Equal(CampaignStatus.StoppedOutOfCredits, (await cluster.Ended("ahead-10")).Status);
        }
        finally
        {
            cluster.Storage.BeforeWrite = null;
        }
    }

    [Fact]
    public async Task What_the_accounts_campaigns_before_it_will_take_is_not_there_for_it_and_what_comes_after_it_is()
    {
        await Schedule("ahead-11", credits: 10, people: 4, TimeSpan.FromDays(2), "first");
        await Schedule("ahead-11", null, people: 9, TimeSpan.FromDays(4), "last");
        Assert.Equal("not-covered:last:scheduled", Assert.Single(await Alerts("ahead-11")).Id);
        await Schedule("ahead-11", null, people: 7, TimeSpan.FromDays(3), "c1");
        var facts = (await Alerts("ahead-11")).Single(alert => alert.Facts.CampaignId == "c1").Facts;
        Assert.Equal((7L, 10L, 4L, 1L), (facts.Required!.Value, facts.Available!.Value, facts.PromisedBefore!.Value, facts.Shortfall!.Value));
        var coverage = cluster.Client.GetGrain<ICoverageGrain>("ahead-11");
        Assert.Equal((11L, 10L), await coverage.OfCampaign("last", 9, cluster.Time.GetUtcNow().AddDays(4)) is var last ? (last.PromisedBefore, last.Shortfall) : default);
        Assert.Equal((0L, 0L), await coverage.OfCampaign("first", 4, cluster.Time.GetUtcNow().AddDays(2)) is var first ? (first.PromisedBefore, first.Shortfall) : default);
        Assert.Equal(20L, (await coverage.Of(1, cluster.Time.GetUtcNow().AddDays(9))).PromisedBefore);

        await cluster.Campaign("ahead-11", "first").Cancel("ana");
        await Move("ahead-11", TimeSpan.FromDays(2));
        Assert.DoesNotContain(await Alerts("ahead-11"), alert => alert.Facts.CampaignId == "c1");
        Assert.Equal(CampaignOutcome.Done, await cluster.Campaign("ahead-11", "last").Edit(new() { ClearSchedule = true, Actor = "ana" }));
        Assert.Equal(7L, (await coverage.Of(1, cluster.Time.GetUtcNow().AddDays(9))).PromisedBefore);
    }

    [Fact]
    public async Task What_a_sending_campaign_has_still_to_take_is_not_there_for_another_until_it_has_taken_it()
    {
        await cluster.OpenAccount("ahead-12", 10_000);
        var held = new TaskCompletionSource<HandOver>();
        cluster.Gateway.Answer = message => message.AccountId == "ahead-12" && message.MessageId.EndsWith(":100", StringComparison.Ordinal) ? held.Task : HandOver.Accepted;
        try
        {
            // Nine pages, of which a few are in flight.
            Assert.Equal(CampaignOutcome.Done, await (await cluster.Draft("ahead-12", CampaignCluster.People(4_500), id: "sending")).Send("ana"));
            var coverage = cluster.Client.GetGrain<ICoverageGrain>("ahead-12");
            await Until(async () => await coverage.OfCampaign("c1", 1, cluster.Time.GetUtcNow().AddDays(1)) is { PromisedBefore: var still }
                && await cluster.Campaign("ahead-12", "sending").Get() is { Status: CampaignStatus.Sending, CreditsUsed: >= 1_000 and < 4_500 } view && still == 4_500 - view.CreditsUsed);
            held.SetResult(new(HandOverOutcome.Accepted));
            await cluster.Ended("ahead-12", "sending");
            Assert.Equal(0, (await coverage.OfCampaign("c1", 1, cluster.Time.GetUtcNow().AddDays(1))).PromisedBefore);
        }
        finally
        {
            cluster.Gateway.Answer = _ => HandOver.Accepted;
        }
    }

    private static async Task Until(Func<Task<bool>> holds)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!await holds())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < CampaignCluster.Patience);
            await Task.Delay(5);
        }
    }

    private async Task<ICampaignGrain> Schedule(string account, long? credits, int people, TimeSpan ahead, string id = "c1")
    {
        if (credits is { } given)
            await cluster.OpenAccount(account, given);
        var campaign = await cluster.Draft(account, CampaignCluster.People(people), id: id, at: cluster.Time.GetUtcNow() + ahead);
        Assert.Equal(CampaignOutcome.Done, await campaign.Send("ana"));
        Assert.Equal(CampaignStatus.Scheduled, (await campaign.Get())!.Status);
        return campaign;
    }

    // The time passes, and the reminder comes.
    private async Task Move(string account, TimeSpan by)
    {
        cluster.Time.Skip(by);
        await cluster.Campaign(account).AsReference<IRemindable>().ReceiveReminder("send", default);
    }

    private async Task<IEnumerable<Alert>> Alerts(string account) => (await cluster.Client.GetGrain<IAlertsGrain>(account).List()).AsEnumerable();

    private async Task<IEnumerable<string>> AlertIds(string account) => (await Alerts(account)).Select(alert => alert.Id);

    private async Task Grant(string account, long credits, DateTimeOffset expiresAt) =>
        Assert.True((await cluster.Account(account).Grant(new() { OperationId = $"g{credits}", Credits = credits, Source = GrantSource.Manual, ExpiresAt = expiresAt })).Holds);
}
