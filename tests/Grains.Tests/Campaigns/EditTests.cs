using Connect.Alerts;
using Connect.Campaigns;
using Connect.Messaging;
using Orleans.Runtime;
using static Connect.Grains.Tests.Campaigns.CampaignCluster;

namespace Connect.Grains.Tests.Campaigns;

/// <summary>Changing a campaign before it sends, and what a crash does to that.</summary>
public sealed class EditTests : IAsyncLifetime
{
    private readonly CampaignCluster _cluster = new();

    public Task InitializeAsync() => _cluster.InitializeAsync();

    public Task DisposeAsync() => _cluster.DisposeAsync();

    // A list with every kind of row; the names are of 0 to 499 characters, so that texts have all numbers of parts.
    private static IEnumerable<RecipientInput> Mixed(int count) => Enumerable.Range(0, count).Select(index => (index % 50) switch
    {
        7 => new() { To = "?" },
        8 => Person(0, ("name", "again")),
        9 => new() { To = "x", Problem = RowProblem.ColumnCount },
        _ => Person(index, ("name", new string('n', index * 7 % 500)), ("city", $"C{index}")),
    });

    [Fact]
    public async Task Another_text_is_counted_for_every_row_as_if_the_list_had_been_given_with_it()
    {
        var text = "Dear {name|friend}, " + new string('x', 60);
        await _cluster.OptOuts.Add("a", [ulong.Parse(Number(3).AsSpan(1), provider: null)], _cluster.Time.GetUtcNow(), OptOutSource.Reply, "STOP", default);
        var edited = await _cluster.Draft("a", Mixed(1_100), "{name|you}", "edited");
        var fresh = (await (await _cluster.Draft("a", Mixed(1_100), text, "fresh")).Get())!;
        Assert.NotEqual(fresh.CreditsNeeded, (await edited.Get())!.CreditsNeeded);
        Assert.Equal(CampaignOutcome.Done, await edited.Edit(new() { Text = text, Actor = "ana" }));
        var counted = await _cluster.When("a", view => !view.Importing && !_cluster.Reminders.Keys.Contains("a/edited"), "edited");
        Assert.Equal((text, fresh.CreditsNeeded, fresh.SkippedBy, fresh.Skipped), (counted.Text, counted.CreditsNeeded, counted.SkippedBy, counted.Skipped));
        Assert.True(counted.SkippedBy is { OptedOut: 1, TooLong: > 0, Duplicate: > 0, InvalidNumber: > 0, Unreadable: > 0 });
        Assert.Equal((await _cluster.Recipients("a", "fresh")).Select(row => row with { }), await _cluster.Recipients("a", "edited"));
        Assert.Equal(fresh.CreditsNeeded, (await edited.Estimate())!.Credits);

        await _cluster.OpenAccount("a", fresh.CreditsNeeded);
        Assert.Equal(CampaignOutcome.Done, await edited.Send("ana"));
        var ended = await _cluster.Ended("a", "edited");
        Assert.Equal((CampaignStatus.Completed, fresh.CreditsNeeded, counted.Remaining), (ended.Status, ended.CreditsUsed, ended.Sent));
        Assert.All(_cluster.Gateway.Messages, message => Assert.StartsWith("Dear ", message.Text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Fields_that_a_text_does_not_use_any_more_are_kept_for_the_next_and_others_are_refused()
    {
        await _cluster.OpenAccount("a", 10);
        var campaign = await _cluster.Draft("a", [Person(1, ("first", "Ana"), ("last", "Lu"), ("city", "Ulm"))], "{first} {last}");
        Assert.Equal(CampaignOutcome.UnknownFields, await campaign.Edit(new() { Text = "{first} of {city}", Name = "New", Actor = "ana" }));
        Assert.Equal(("Test", "{first} {last}"), (await campaign.Get()) is { } same ? (same.Name, same.Text) : default);
        foreach (var text in new[] { "Hello", "{LAST}, {first}" })
        {
            Assert.Equal(CampaignOutcome.Done, await campaign.Edit(new() { Text = text, Actor = "ana" }));
            await _cluster.When("a", view => !view.Importing);
        }

        await campaign.Cancel("ana");
        // The duplicate has them as well.
        await _cluster.Duplicate("a", "copy");
        Assert.Equal(CampaignOutcome.Done, await _cluster.Campaign("a", "copy").Edit(new() { Text = "{first} {last}!", Actor = "ana" }));
        await _cluster.When("a", view => !view.Importing, "copy");
        await _cluster.Campaign("a", "copy").Send("ana");
        await _cluster.Ended("a", "copy");
        Assert.Equal("Ana Lu!", Assert.Single(_cluster.Gateway.Messages).Text);
    }

    [Fact]
    public async Task A_draft_without_rows_takes_any_text_and_its_list_is_then_read_with_it()
    {
        await _cluster.OpenAccount("a", 10);
        var campaign = await _cluster.Draft("a", [], "{first}", close: false);
        Assert.Equal(CampaignOutcome.Done, await campaign.Edit(new() { Text = "{city}", Actor = "ana" }));
        await campaign.AddRecipients(0, [Person(1, ("first", "Ana"), ("city", "Ulm"))]);
        Assert.Equal(CampaignOutcome.StillImporting, await campaign.Edit(new() { Text = "Hello", Actor = "ana" }));
        Assert.Equal(CampaignOutcome.Done, await campaign.Edit(new() { Name = "New", Actor = "ana" }));
        await campaign.CloseImport(1);
        await campaign.Send("ana");
        Assert.Equal("New", (await _cluster.Ended("a")).Name);
        Assert.Equal("Ulm", Assert.Single(_cluster.Gateway.Messages).Text);
    }

    [Fact]
    public async Task A_silo_that_dies_while_rows_are_counted_changes_nothing_about_the_count_nor_does_another_text_meanwhile()
    {
        await _cluster.OpenAccount("a", 10_000);
        var campaign = await _cluster.Draft("a", Enumerable.Range(0, 5_200).Select(index => Person(index, ("name", $"N{index}"))), "Hi {name}");
        var pages = 0;
        var reached = new TaskCompletionSource();
        var never = new TaskCompletionSource();
        _cluster.Storage.Hold = (state, _) =>
        {
            if (state != "recipient-page" || Interlocked.Increment(ref pages) != 10)
                return Task.CompletedTask;
            reached.TrySetResult();
            return never.Task;
        };
        Assert.Equal(CampaignOutcome.Done, await campaign.Edit(new() { Text = new string('x', 200), Actor = "ana" }));
        await reached.Task.WaitAsync(Patience);
        Assert.Equal(CampaignOutcome.StillImporting, await campaign.Send("ana"));
        Assert.True((await campaign.Get()) is { Importing: true, CreditsNeeded: > 0 and < 10_400 });
        Assert.Equal(CampaignOutcome.Done, await campaign.Edit(new() { Text = new string('y', 330), Actor = "ana" }));
        await _cluster.ReplaceSilo();
        _cluster.Storage.Hold = null;
        never.SetResult();
        var counted = await _cluster.When("a", view => !view.Importing && !_cluster.Reminders.Keys.Contains("a/c1"));
        Assert.Equal((5_200, 15_600, 0), (counted.Total, counted.CreditsNeeded, counted.Skipped));
        Assert.All(await _cluster.Recipients("a"), row => Assert.Equal((RecipientStatus.Pending, 3), (row.Status, row.Credits)));
    }

    [Fact]
    public async Task What_a_repeated_create_made_is_the_same_campaign_after_it_was_changed()
    {
        var campaign = await _cluster.Draft("a", People(1));
        await campaign.Edit(new() { Name = "New", Text = "Bye", Actor = "ana" });
        Assert.Equal(CampaignOutcome.Done, await campaign.Create(new() { Name = "Test", Text = "Hello", Actor = "ana" }));
        Assert.Equal(CampaignOutcome.AlreadyExists, await campaign.Create(new() { Name = "New", Text = "Bye", Actor = "ana" }));
        Assert.Equal("New", (await campaign.Get())!.Name);
    }

    [Fact]
    public async Task A_scheduled_campaign_that_is_still_counted_at_its_time_starts_once_it_is()
    {
        await _cluster.OpenAccount("a", 10);
        var campaign = await Scheduled(TimeSpan.FromHours(2), people: 5);
        var go = new TaskCompletionSource();
        _cluster.Storage.Hold = (state, _) => state == "recipient-page" ? go.Task : Task.CompletedTask;
        Assert.Equal(CampaignOutcome.Done, await campaign.Edit(new() { Text = new string('x', 200), Actor = "ana" }));
        _cluster.Time.Skip(TimeSpan.FromHours(3));
        await Tick();
        Assert.True((await campaign.Get()) is { Status: CampaignStatus.Scheduled, Importing: true });
        _cluster.Storage.Hold = null;
        go.SetResult();
        await _cluster.When("a", view => view.Status != CampaignStatus.Scheduled, tick: true);
        var ended = await _cluster.Ended("a");
        Assert.Equal((CampaignStatus.Completed, 5, 10), (ended.Status, ended.Sent, ended.CreditsUsed));
    }

    [Fact]
    public async Task Another_time_moves_the_start_and_the_account_is_told_anew_whether_it_is_covered()
    {
        await _cluster.OpenAccount("a", 2);
        var campaign = await Scheduled(TimeSpan.FromHours(2), people: 5);
        Assert.Equal("not-covered:c1:24h", Assert.Single(await Alerts()).Id);
        var later = _cluster.Time.GetUtcNow().AddDays(3);
        Assert.Equal(CampaignOutcome.Done, await campaign.Edit(new() { ScheduledAt = later, Actor = "ana" }));
        Assert.Equal(CampaignOutcome.Done, await campaign.Edit(new() { ScheduledAt = later, Actor = "ana" }));
        Assert.Equal(("not-covered:c1:scheduled:1", (DateTimeOffset?)later), Assert.Single(await Alerts()) is var alert ? (alert.Id, alert.Facts.ScheduledAt) : default);
        _cluster.Time.Skip(TimeSpan.FromDays(2.5));
        await Tick();
        Assert.Equal(CampaignStatus.Scheduled, (await campaign.Get())!.Status);
        Assert.Equal("not-covered:c1:24h:1", Assert.Single(await Alerts()).Id);
        // Two would do for a text of no more than this.
        Assert.Equal(CampaignOutcome.Done, await campaign.Edit(new() { ScheduledAt = _cluster.Time.GetUtcNow().AddHours(1), Actor = "ana" }));
        _cluster.Time.Skip(TimeSpan.FromHours(1));
        await Tick();
        Assert.Equal(CampaignStatus.StoppedOutOfCredits, (await _cluster.Ended("a")).Status);
        Assert.DoesNotContain(await Alerts(), alert => alert.Kind == AlertKind.ScheduledNotCovered);
    }

    [Fact]
    public async Task A_campaign_whose_time_is_taken_away_is_a_draft_that_nothing_starts()
    {
        await _cluster.OpenAccount("a", 2);
        var campaign = await Scheduled(TimeSpan.FromHours(2), people: 5);
        Assert.Equal(CampaignOutcome.Done, await campaign.Edit(new() { ClearSchedule = true, Actor = "ana" }));
        Assert.Equal((CampaignStatus.Draft, null), (await campaign.Get()) is { } view ? (view.Status, view.ScheduledAt) : default);
        Assert.Empty(await Alerts());
        Assert.DoesNotContain("a/c1", _cluster.Reminders.Keys);
        _cluster.Time.Skip(TimeSpan.FromHours(3));
        await Tick();
        Assert.Equal(CampaignStatus.Draft, (await campaign.Get())!.Status);
        await _cluster.Grant("a", 3, "more");
        Assert.Equal(CampaignOutcome.Done, await campaign.Send("ana"));
        Assert.Equal(CampaignStatus.Completed, (await _cluster.Ended("a")).Status);
        Assert.Equal(CampaignOutcome.Ended, await campaign.Edit(new() { Name = "Late", Actor = "ana" }));
    }

    private async Task<ICampaignGrain> Scheduled(TimeSpan ahead, int people)
    {
        var campaign = await _cluster.Draft("a", People(people), at: _cluster.Time.GetUtcNow() + ahead);
        Assert.Equal(CampaignOutcome.Done, await campaign.Send("ana"));
        return campaign;
    }

    private Task Tick() => _cluster.Campaign("a").AsReference<IRemindable>().ReceiveReminder("send", default);

    private async Task<IEnumerable<Alert>> Alerts() => (await _cluster.Client.GetGrain<IAlertsGrain>("a").List()).AsEnumerable();
}
