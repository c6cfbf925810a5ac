using System.Collections.Immutable;
using Connect.Campaigns;
using Connect.Grains.Campaigns;
using static Connect.Grains.Tests.Campaigns.CampaignCluster;

namespace Connect.Grains.Tests.Campaigns;

[Collection(nameof(CampaignCluster))]
public sealed class DraftTests(CampaignCluster cluster)
{
    private static CampaignDraft Draft(string name = "Test", string text = "Hello", DateTimeOffset? at = null) => new() { Name = name, Text = text, Actor = "ana", ScheduledAt = at };

    [Fact]
    public async Task Bad_drafts_are_refused_by_name()
    {
        var campaign = cluster.Campaign("drafts", "bad");
        Assert.Equal(CampaignOutcome.InvalidName, await campaign.Create(Draft(name: " ")));
        Assert.Equal(CampaignOutcome.InvalidName, await campaign.Create(Draft(name: new string('n', 101))));
        Assert.Equal(CampaignOutcome.InvalidName, await cluster.Campaign("drafts", new string('i', 101)).Create(Draft()));
        Assert.Equal(CampaignOutcome.InvalidName, await cluster.Campaign("drafts", "a\tb").Create(Draft()));
        Assert.Equal(CampaignOutcome.EmptyText, await campaign.Create(Draft(text: " ")));
        Assert.Equal(CampaignOutcome.MessageTooLong, await campaign.Create(Draft(text: new string('a', 481))));
        Assert.Equal(CampaignOutcome.MessageTooLong, await campaign.Create(Draft(text: "{name}" + new string('a', 481))));
        Assert.Equal(CampaignOutcome.InvalidSchedule, await campaign.Create(Draft(at: TimeProvider.System.GetUtcNow().AddMinutes(-1))));
        Assert.Null(await campaign.Get());
        Assert.Equal(CampaignOutcome.UnknownCampaign, await campaign.Send("ana"));
        Assert.Equal(CampaignOutcome.UnknownCampaign, await campaign.Cancel("ana"));
        Assert.Equal(CampaignOutcome.UnknownCampaign, await campaign.AddRecipients(0, [Person(0)]));
        Assert.Null(await campaign.Duplicate("copy", DuplicateOf.Remaining, "ana"));
        Assert.Empty((await campaign.Recipients(0, 10)).Recipients);
    }

    [Fact]
    public async Task Creating_again_is_harmless_with_the_same_content_only()
    {
        var campaign = cluster.Campaign("drafts", "again");
        Assert.Equal(CampaignOutcome.Done, await campaign.Create(Draft()));
        Assert.Equal(CampaignOutcome.Done, await campaign.Create(Draft()));
        Assert.Equal(CampaignOutcome.AlreadyExists, await campaign.Create(Draft(text: "Other")));
        Assert.Equal(CampaignOutcome.StillImporting, await campaign.Send("ana"));
        Assert.Equal(CampaignOutcome.Done, await campaign.CloseImport(0));
        Assert.Equal(CampaignOutcome.NoRecipients, await campaign.Send("ana"));
        Assert.Single(await cluster.Index("drafts").List(0, 10), "again");
    }

    [Fact]
    public async Task A_draft_of_several_pages_says_what_it_takes_with_each_recipients_own_values()
    {
        var campaign = cluster.Campaign("drafts", "estimate");
        Assert.Null(await campaign.Estimate());
        await campaign.Create(Draft(text: "{x}" + new string('a', 159)));
        await campaign.AddRecipients(0, [.. People(999)]);
        await campaign.AddRecipients(999, [Person(999, ("x", "b")), Person(1_000, ("x", "bb")), Person(0), Person(1_001, ("x", new string('b', 400)))]);
        var estimate = (await campaign.Estimate())!;
        Assert.Equal((1_001, 2, 1_002), (estimate.Recipients, estimate.Skipped, estimate.Credits));
        await campaign.Cancel("ana");
        Assert.Null(await campaign.Estimate());
    }

    [Fact]
    public async Task Rows_arrive_in_order_and_a_repeated_call_is_harmless()
    {
        var campaign = cluster.Campaign("drafts", "rows");
        await campaign.Create(Draft());
        Assert.Equal(CampaignOutcome.Done, await campaign.AddRecipients(0, [.. People(700)]));
        Assert.Equal(CampaignOutcome.Done, await campaign.AddRecipients(0, [.. People(700)]));
        Assert.Equal(CampaignOutcome.InvalidRecipients, await campaign.AddRecipients(701, [Person(701)]));
        Assert.Equal(CampaignOutcome.InvalidRecipients, await campaign.AddRecipients(-1, [Person(0)]));
        Assert.Equal(CampaignOutcome.InvalidRecipients, await campaign.AddRecipients(700, [.. People(1_001)]));
        Assert.Equal(CampaignOutcome.InvalidRecipients, await campaign.AddRecipients(700, [Person(0, ("x", new string('x', 501)))]));
        Assert.Equal(CampaignOutcome.Done, await campaign.AddRecipients(600, [.. People(800).Skip(600)]));
        Assert.Equal(CampaignOutcome.Done, await campaign.AddRecipients(800, ImmutableArray<RecipientInput>.Empty));
        var view = (await campaign.Get())!;
        Assert.Equal((CampaignStatus.Draft, 800, 0, 800), (view.Status, view.Total, view.Skipped, view.Remaining));
        Assert.Equal(Enumerable.Range(0, 800).Select(Number), (await cluster.Recipients("drafts", "rows")).Select(recipient => recipient.To));
        Assert.Equal((3, 503L), (await campaign.Recipients(500, 3)) is var page ? (page.Recipients.Length, page.NextCursor) : default);
        Assert.Null((await campaign.Recipients(799, 10)).NextCursor);
        Assert.Empty((await campaign.Recipients(800, 10)).Recipients);
    }

    [Fact]
    public async Task A_draft_is_sent_only_once_its_list_is_closed_and_then_takes_no_more_rows()
    {
        await cluster.OpenAccount("closing", 10);
        var campaign = await cluster.Draft("closing", People(3), close: false);
        Assert.True((await campaign.Get())!.Importing);
        Assert.Equal(CampaignOutcome.StillImporting, await campaign.Send("ana"));
        Assert.Equal(CampaignOutcome.InvalidRecipients, await campaign.CloseImport(2));
        Assert.Equal(CampaignOutcome.Done, await campaign.CloseImport(3));
        Assert.Equal(CampaignOutcome.Done, await campaign.CloseImport(3));
        Assert.False((await campaign.Get())!.Importing);
        Assert.Equal(CampaignOutcome.Done, await campaign.AddRecipients(1, [Person(1), Person(2)]));
        Assert.Equal(CampaignOutcome.ListClosed, await campaign.AddRecipients(2, [Person(2), Person(3)]));
        Assert.Equal(CampaignOutcome.Done, await campaign.Send("ana"));
        Assert.Equal((CampaignStatus.Completed, 3L), (await cluster.Ended("closing")) is var view ? (view.Status, view.Sent) : default);
        Assert.Equal(CampaignOutcome.NotADraft, await campaign.CloseImport(3));
    }

    [Fact]
    public async Task A_cancelled_draft_takes_no_rows_and_is_duplicated_whole()
    {
        var campaign = await cluster.Draft("drafts", People(3), id: "ended");
        Assert.Null(await campaign.Duplicate("too-early", DuplicateOf.Remaining, "ana"));
        Assert.Equal(CampaignOutcome.Done, await campaign.Cancel("ana"));
        Assert.Equal(CampaignOutcome.Ended, await campaign.Cancel("ana"));
        Assert.Equal(CampaignOutcome.AlreadyStarted, await campaign.Send("ana"));
        Assert.Equal(CampaignOutcome.NotADraft, await campaign.AddRecipients(3, [Person(3)]));
        Assert.Equal(3, (await cluster.Duplicate("drafts", "whole", id: "ended")).Total);
        Assert.Null(await campaign.Duplicate("ended", DuplicateOf.Remaining, "ana"));
    }

    [Fact]
    public async Task A_scheduled_campaign_waits_with_a_reminder_and_can_be_cancelled()
    {
        var campaign = await cluster.Draft("drafts", People(3), id: "later", at: cluster.Time.GetUtcNow().AddDays(3));
        Assert.Equal(CampaignOutcome.Done, await campaign.Send("ana"));
        Assert.Equal(CampaignStatus.Scheduled, (await campaign.Get())!.Status);
        Assert.Contains("drafts/later", cluster.Reminders.Keys);
        // A tick before its time changes nothing.
        await campaign.AsReference<IRemindable>().ReceiveReminder("send", default);
        Assert.Equal(CampaignStatus.Scheduled, (await campaign.Get())!.Status);
        Assert.Equal(CampaignOutcome.AlreadyStarted, await campaign.Send("ana"));
        Assert.Equal(CampaignOutcome.Done, await campaign.Cancel("ana"));
        Assert.Equal(CampaignStatus.Canceled, (await campaign.Get())!.Status);
        Assert.DoesNotContain("drafts/later", cluster.Reminders.Keys);
    }

    [Fact]
    public async Task A_scheduled_campaign_is_sent_by_the_tick_at_its_time()
    {
        await cluster.OpenAccount("scheduled", 10);
        var at = cluster.Time.GetUtcNow().AddSeconds(5);
        var campaign = await cluster.Draft("scheduled", People(3), at: at);
        Assert.Equal(CampaignOutcome.Done, await campaign.Send("ana"));
        cluster.Time.Skip(TimeSpan.FromSeconds(6));
        await campaign.AsReference<IRemindable>().ReceiveReminder("send", default);
        Assert.Equal((CampaignStatus.Completed, 3L), (await cluster.Ended("scheduled")) is var view ? (view.Status, view.Sent) : default);
        await campaign.AsReference<IRemindable>().ReceiveReminder("send", default);
        Assert.Equal([0, 1, 2], cluster.HandedOver("scheduled"));
    }

    [Fact]
    public async Task The_index_lists_newest_first_across_its_parts()
    {
        var index = cluster.Index("many");
        for (var number = 0; number < 250; number++)
            await index.Add($"n{number}");
        foreach (var again in new[] { "n3", "n150", "n249" })
            await index.Add(again);
        Assert.Equal(Enumerable.Range(0, 250).Reverse().Select(number => $"n{number}"), await index.List(0, 1_000));
        Assert.Equal(["n199", "n198"], (await index.List(50, 2)).AsEnumerable());
    }

    [Fact]
    public async Task A_new_campaign_is_looked_for_among_the_newest_thousand_only()
    {
        var index = cluster.Index("most");
        for (var number = 0; number <= 1_200; number++)
            await index.Add($"n{number}");
        // It would fail if the oldest were asked.
        cluster.RejectOnce[("most/0", typeof(ICampaignIndexPartGrain))] = true;
        await index.Add("n300");
        await index.Add("new");
        Assert.True(cluster.RejectOnce.TryRemove(("most/0", typeof(ICampaignIndexPartGrain)), out _));
        Assert.Equal(["new", "n1200"], (await index.List(0, 2)).AsEnumerable());
    }

    [Fact]
    public async Task An_estimate_counts_what_a_send_would_take()
    {
        RecipientInput[] recipients =
            [Person(0, ("x", "a")), Person(1, ("x", new string('a', 161))), Person(0, ("x", "b")), new() { To = "?" }, Person(2, ("x", new string('a', 500)))];
        var estimate = await cluster.Messaging.Estimate("{x}", [.. recipients]);
        Assert.Equal((2, 3, 3L, 1), (estimate.Recipients, estimate.Skipped, estimate.Credits, estimate.Text.Parts));
        Assert.Equal((2, true), await cluster.Messaging.Count(new string('я', 71)) is var count ? (count.Parts, count.Unicode) : default);
    }
}
