using Connect.Campaigns;
using Connect.Grains.Messaging;
using static Connect.Grains.Tests.Campaigns.CampaignCluster;

namespace Connect.Grains.Tests.Campaigns;

[Collection(nameof(CampaignCluster))]
public sealed class SendTests(CampaignCluster cluster)
{
    [Fact]
    public async Task A_campaign_with_enough_credits_reaches_everybody_once()
    {
        await cluster.OpenAccount("enough", 2_000);
        var campaign = await cluster.Draft("enough", People(1_234));
        Assert.Equal(CampaignOutcome.Done, await campaign.Send("ana"));
        var view = await cluster.Ended("enough");
        Assert.Equal((CampaignStatus.Completed, 1_234, 1_234, 0, 1_234), (view.Status, view.Total, view.Sent, view.Remaining, view.CreditsUsed));
        Assert.Equal(Enumerable.Range(0, 1_234), cluster.HandedOver("enough"));
        Assert.Equal(766, (await cluster.Account("enough").GetCredits()).Available);
        Assert.Equal(
            ["campaign:c1:page:0", "campaign:c1:page:1", "campaign:c1:page:2"],
            cluster.Ledger.Of("enough").Select(entry => entry.OperationId).Where(operation => operation.StartsWith("campaign", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task With_1180_credits_for_1500_recipients_exactly_the_first_1180_are_sent_and_the_duplicate_has_the_other_320()
    {
        await cluster.OpenAccount("short", 1_180);
        var campaign = await cluster.Draft("short", Enumerable.Range(0, 1_500).Select(index => Person(index, ("name", $"n{index}"))), "Hi {name}");
        await campaign.Send("ana");
        var view = await cluster.Ended("short");
        Assert.Equal(
            (CampaignStatus.StoppedOutOfCredits, 1_500, 1_180, 0, 0, 0, 320, 1_180),
            (view.Status, view.Total, view.Sent, view.Failed, view.Skipped, view.Unknown, view.Remaining, view.CreditsUsed));
        Assert.Equal(Enumerable.Range(0, 1_180), cluster.HandedOver("short"));
        Assert.Equal(0, (await cluster.Account("short").GetCredits()).Available);
        var recipients = await cluster.Recipients("short");
        Assert.All(recipients[..1_180], recipient => Assert.Equal((RecipientStatus.Sent, 1), (recipient.Status, recipient.Credits)));
        Assert.All(recipients[1_180..], recipient => Assert.Equal(RecipientStatus.NotSentOutOfCredits, recipient.Status));

        var copy = await cluster.Duplicate("short", "c2");
        Assert.Equal((CampaignStatus.Draft, 320, 0, "c1"), (copy!.Status, copy.Total, copy.Skipped, copy.DuplicateOf));
        Assert.Equal(copy, await campaign.Duplicate("c2", DuplicateOf.Remaining, "ana"));
        Assert.Equal(Enumerable.Range(1_180, 320).Select(Number), (await cluster.Recipients("short", "c2")).Select(recipient => recipient.To));
        await cluster.Grant("short", 320, "more");
        await cluster.Campaign("short", "c2").Send("ana");
        Assert.Equal((CampaignStatus.Completed, 320), (await cluster.Ended("short", "c2")) is var second ? (second.Status, second.Sent) : default);
        Assert.Equal(
            Enumerable.Range(1_180, 320).Select(index => $"Hi n{index}").Order(),
            cluster.Gateway.Messages.Where(message => message is { AccountId: "short", CampaignId: "c2" }).Select(message => message.Text).Order());
        Assert.Equal(["c2", "c1"], (await cluster.Index("short").List(0, 10)).AsEnumerable());
    }

    [Fact]
    public async Task Nobody_behind_the_first_who_can_not_be_paid_is_served_even_if_a_cheaper_text_would_fit()
    {
        await cluster.OpenAccount("mixed", 10);
        // Three parts each for the first three, two for the fourth (not affordable), one for the others.
        var sizes = new[] { 400, 400, 400, 300, 5, 5, 5 };
        await (await cluster.Draft("mixed", sizes.Select((size, index) => Person(index, ("x", new string('x', size)))), "{x}")).Send("ana");
        var view = await cluster.Ended("mixed");
        Assert.Equal((CampaignStatus.StoppedOutOfCredits, 3, 4, 9), (view.Status, view.Sent, view.Remaining, view.CreditsUsed));
        Assert.Equal([0, 1, 2], cluster.HandedOver("mixed"));
        Assert.Equal([3, 3, 3, 2, 1, 1, 1], (await cluster.Recipients("mixed")).Select(recipient => recipient.Credits));
        Assert.Equal(1, (await cluster.Account("mixed").GetCredits()).Available);
    }

    [Fact]
    public async Task No_credits_at_all_sends_nothing()
    {
        await cluster.OpenAccount("empty", 0);
        await (await cluster.Draft("empty", People(3))).Send("ana");
        var view = await cluster.Ended("empty");
        Assert.Equal((CampaignStatus.StoppedOutOfCredits, 0, 3, 0), (view.Status, view.Sent, view.Remaining, view.CreditsUsed));
        Assert.Empty(cluster.HandedOver("empty"));
    }

    [Fact]
    public async Task Malformed_repeated_and_too_long_rows_are_skipped_and_cost_nothing()
    {
        await cluster.OpenAccount("skips", 100);
        RecipientInput[] rows =
        [
            Person(1, ("x", "a")), new() { To = "nonsense" }, Person(1, ("x", "b")), Person(2, ("x", new string('x', 481))), new() { To = "0400 000 001" },
            Person(3, ("x", " ")), Person(4, ("x", "a")),
        ];
        await (await cluster.Draft("skips", rows, "{x}")).Send("ana");
        var view = await cluster.Ended("skips");
        Assert.Equal((CampaignStatus.Completed, 7, 2, 5, 0, 2), (view.Status, view.Total, view.Sent, view.Skipped, view.Remaining, view.CreditsUsed));
        Assert.Equal(
            [
                RecipientStatus.Sent, RecipientStatus.SkippedInvalidNumber, RecipientStatus.SkippedDuplicate, RecipientStatus.SkippedTooLong, RecipientStatus.SkippedDuplicate,
                RecipientStatus.SkippedTooLong, RecipientStatus.Sent,
            ],
            (await cluster.Recipients("skips")).Select(recipient => recipient.Status));
        Assert.Equal("nonsense", (await cluster.Recipients("skips"))[1].To);
        Assert.Equal([0, 6], cluster.HandedOver("skips"));
    }

    [Fact]
    public async Task A_campaign_of_skipped_rows_only_completes_without_a_debit()
    {
        await cluster.OpenAccount("none", 5);
        await (await cluster.Draft("none", [new() { To = "x" }])).Send("ana");
        var view = await cluster.Ended("none");
        Assert.Equal((CampaignStatus.Completed, 1, 5), (view.Status, view.Skipped, (await cluster.Account("none").GetCredits()).Available));
    }

    [Fact]
    public async Task What_the_gateway_refuses_is_given_back_and_what_it_leaves_open_is_not()
    {
        await cluster.OpenAccount("refusals", 1_000);
        cluster.Gateway.Answer = message => message.AccountId != "refusals" ? HandOver.Accepted : (message.MessageId[^1]) switch
        {
            '3' => Task.FromResult(new HandOver(HandOverOutcome.Refused, "no")),
            '4' => Task.FromResult(new HandOver(HandOverOutcome.Unknown, "lost")),
            '5' => Task.FromException<HandOver>(new HttpRequestException("reset")),
            '6' => throw new HttpRequestException("refused to connect"),
            '7' => Late(),
            _ => HandOver.Accepted,
        };
        await (await cluster.Draft("refusals", People(500), new string('a', 161))).Send("ana");
        var view = await cluster.Ended("refusals");
        Assert.Equal((CampaignStatus.Completed, 300, 50, 150, 0), (view.Status, view.Sent, view.Failed, view.Unknown, view.Remaining));
        Assert.Equal(900, view.CreditsUsed);
        Assert.Equal(100, (await cluster.Account("refusals").GetCredits()).Available);
        Assert.Equal(100, Assert.Single(cluster.Ledger.Of("refusals"), entry => entry.OperationId == "campaign:c1:page:0:reversal").Credits);
        var recipients = await cluster.Recipients("refusals");
        Assert.All(recipients, recipient => Assert.Equal(
            (recipient.Row % 10) switch { 3 => RecipientStatus.Failed, 4 or 5 or 6 => RecipientStatus.Unknown, _ => RecipientStatus.Sent },
            recipient.Status));
        cluster.Gateway.Answer = _ => HandOver.Accepted;

        static async Task<HandOver> Late()
        {
            await Task.Yield();
            return new(HandOverOutcome.Accepted);
        }
    }

    [Fact]
    public async Task A_starter_that_the_ledger_could_not_keep_is_cut_to_what_it_takes()
    {
        await cluster.OpenAccount("starter", 5);
        await (await cluster.Draft("starter", People(2))).Send("a\0\n" + new string('b', 500));
        Assert.Equal(2, (await cluster.Ended("starter")).Sent);
        Assert.Equal("a" + new string('b', 99), Assert.Single(cluster.Ledger.Of("starter"), entry => entry.OperationId == "campaign:c1:page:0").Actor);
    }

    [Fact]
    public async Task Sending_twice_at_once_sends_once()
    {
        await cluster.OpenAccount("twice", 1_000);
        var campaign = await cluster.Draft("twice", People(600));
        var outcomes = await Task.WhenAll(campaign.Send("ana"), campaign.Send("ben"), campaign.Send("cy"));
        Assert.Equal([CampaignOutcome.Done, CampaignOutcome.AlreadyStarted, CampaignOutcome.AlreadyStarted], outcomes.Order());
        await cluster.Ended("twice");
        Assert.Equal(CampaignOutcome.AlreadyStarted, await campaign.Send("ana"));
        Assert.Equal(Enumerable.Range(0, 600), cluster.HandedOver("twice"));
    }

    [Fact]
    public async Task Progress_is_seen_while_it_sends_and_a_cancel_lets_calls_under_way_finish()
    {
        await cluster.OpenAccount("cancel", 50_000);
        var gate = new TaskCompletionSource<HandOver>();
        var open = 0;
        cluster.Gateway.Answer = message => message.AccountId == "cancel" && Interlocked.Increment(ref open) > 20 ? gate.Task : HandOver.Accepted;
        var campaign = await cluster.Draft("cancel", People(10_000));
        await campaign.Send("ana");
        var live = await cluster.When("cancel", view => view.Sent == 20);
        Assert.Equal((CampaignStatus.Sending, 9_980), (live.Status, live.Remaining));
        Assert.Equal(CampaignOutcome.Done, await campaign.Cancel("ana"));
        gate.SetResult(new(HandOverOutcome.Accepted));
        var view = await cluster.Ended("cancel");
        Assert.Equal(CampaignStatus.Canceled, view.Status);
        // The calls that were open, and what pages hand over in the two seconds between looks at a cancel.
        Assert.InRange(view.Sent, 21, 9_500);
        var rows = cluster.HandedOver("cancel");
        Assert.Equal((view.Sent, rows.Length), (rows.Length, rows.Distinct().Count()));
        Assert.Equal(50_000 - view.Sent, (await cluster.Account("cancel").GetCredits()).Available);
        Assert.Equal(view.Remaining, (await cluster.Recipients("cancel")).Count(recipient => recipient.Status == RecipientStatus.NotSentCanceled));
        Assert.Equal(view.Remaining, (await cluster.Duplicate("cancel", "rest")).Total);
        Assert.Equal(CampaignOutcome.Ended, await campaign.Cancel("ana"));
        cluster.Gateway.Answer = _ => HandOver.Accepted;
    }

    [Fact]
    public async Task A_cancel_hands_over_no_further_window_and_what_was_paid_for_it_goes_back()
    {
        await cluster.OpenAccount("stop", 50_000);
        var gate = new TaskCompletionSource<HandOver>();
        var open = 0;
        cluster.Gateway.Answer = message => message.AccountId == "stop" && Interlocked.Increment(ref open) > 20 ? gate.Task : HandOver.Accepted;
        var campaign = await cluster.Draft("stop", People(10_000));
        await campaign.Send("ana");
        await cluster.When("stop", view => view.Sent == 20);
        Assert.Equal(CampaignOutcome.Done, await campaign.Cancel("ana"));
        // The pages under way come back now: their calls have lasted long enough.
        cluster.Time.Skip(TimeSpan.FromSeconds(3));
        gate.SetResult(new(HandOverOutcome.Accepted));

        var view = await cluster.Ended("stop");

        Assert.Equal(CampaignStatus.Canceled, view.Status);
        Assert.InRange(view.Sent, 20, 1_000);
        Assert.Equal((0L, view.Sent, 10_000 - view.Sent), (view.Unknown, view.CreditsUsed, view.Remaining));
        Assert.Equal(view.Sent, cluster.HandedOver("stop").Length);
        Assert.Equal(50_000 - view.Sent, (await cluster.Account("stop").GetCredits()).Available);
        Assert.Equal(view.Remaining, (await cluster.Recipients("stop")).Count(recipient => recipient.Status == RecipientStatus.NotSentCanceled));
        cluster.Gateway.Answer = _ => HandOver.Accepted;
    }
}
