using Connect.Campaigns;
using Connect.Grains.Campaigns.Engine;
using Connect.Grains.Messaging;
using Connect.Messaging;
using static Connect.Grains.Tests.Campaigns.CampaignCluster;

namespace Connect.Grains.Tests.Campaigns;

/// <summary>What carriers report, in any order and as often as they like.</summary>
public sealed class DeliveryTests : IClassFixture<CampaignCluster>
{
    private const string Progress = "recipient-page-progress";

    private static int _tests;

    private readonly CampaignCluster _cluster;

    // Each test has an account of its own.
    private readonly string _a = $"a{Interlocked.Increment(ref _tests)}";

    public DeliveryTests(CampaignCluster cluster)
    {
        _cluster = cluster;
        _cluster.Gateway.Answer = _ => HandOver.Accepted;
        _cluster.Gateway.Reserving = null;
        _cluster.Storage.Hold = null;
        _cluster.Storage.BeforeWrite = null;
        _cluster.Storage.EndsWith = null;
    }

    private async Task<CampaignView> Sent(int people, string id = "c1")
    {
        if (id == "c1")
            await _cluster.OpenAccount(_a, 10_000);
        await (await _cluster.Draft(_a, People(people), id: id)).Send("ana");
        return await _cluster.Ended(_a, id);
    }

    private async Task<(long Sent, long Unknown, long Delivered, long Undelivered)> Figures() =>
        (await _cluster.Campaign(_a).Get()) is { } view ? (view.Sent, view.Unknown, view.Delivered, view.Undelivered) : default;

    private async Task<DeliveryState[]> Deliveries() => [.. (await _cluster.Recipients(_a)).Select(recipient => recipient.Delivery)];

    [Fact]
    public async Task Reports_count_once_in_any_order_and_delivered_stands_against_all_others()
    {
        await Sent(1_200);
        await _cluster.Report(_a, DeliveryState.Passed, Enumerable.Range(0, 1_200));
        Assert.Equal((1_200, 0, 0, 0), await Figures());
        await _cluster.Report(_a, DeliveryState.Undelivered, [3, 4, 5, 700]);
        Assert.Equal((1_200, 0, 0, 4), await Figures());
        await _cluster.Report(_a, DeliveryState.Delivered, [0, 1, 4, 700, 1_199]);
        await _cluster.Report(_a, DeliveryState.Delivered, [0, 1, 4, 700, 1_199]);
        await _cluster.Report(_a, DeliveryState.Passed, [0, 3]);
        await _cluster.Report(_a, DeliveryState.Undelivered, [0, 3]);
        Assert.Equal((1_200, 0, 5, 2), await Figures());
        var deliveries = await Deliveries();
        Assert.Equal([DeliveryState.Delivered, DeliveryState.Delivered, DeliveryState.Passed, DeliveryState.Undelivered, DeliveryState.Delivered, DeliveryState.Undelivered], deliveries[..6]);
        Assert.Equal((5, 2, 1_193), (deliveries.Count(state => state == DeliveryState.Delivered), deliveries.Count(state => state == DeliveryState.Undelivered), deliveries.Count(state => state == DeliveryState.Passed)));
    }

    [Fact]
    public async Task A_report_about_an_unknown_row_proves_that_it_was_sent_and_it_stays_paid()
    {
        _cluster.Gateway.Answer = message => message.MessageId is "c1:1" or "c1:2" or "c1:600"
            ? Task.FromResult(new HandOver(HandOverOutcome.Unknown, "lost"))
            : message.MessageId == "c1:5" ? Task.FromResult(new HandOver(HandOverOutcome.Refused, "no")) : HandOver.Accepted;
        Assert.Equal((1_000, 996, 3, 1, 999), (await Sent(1_000)) is var sent ? (sent.Total, sent.Sent, sent.Unknown, sent.Failed, sent.CreditsUsed) : default);
        await _cluster.Report(_a, DeliveryState.Passed, [1]);
        await _cluster.Report(_a, DeliveryState.Delivered, [600, 5]);
        Assert.Equal((998, 1, 1, 0), await Figures());
        var view = (await _cluster.Campaign(_a).Get())!;
        Assert.Equal((1, 999, view.Total), (view.Failed, view.CreditsUsed, view.Sent + view.Failed + view.Skipped + view.Unknown + view.Remaining));
        var recipients = await _cluster.Recipients(_a);
        Assert.Equal(
            [(RecipientStatus.Sent, DeliveryState.Passed), (RecipientStatus.Unknown, DeliveryState.None), (RecipientStatus.Failed, DeliveryState.None), (RecipientStatus.Sent, DeliveryState.Delivered)],
            new[] { 1, 2, 5, 600 }.Select(row => (recipients[row].Status, recipients[row].Delivery)));
    }

    [Fact]
    public async Task Reports_about_nothing_that_was_handed_over_change_nothing()
    {
        await Sent(10);
        var writes = _cluster.Storage.Writes(Progress, $"{_a}/c1/0");
        await _cluster.Report(_a, DeliveryState.Delivered, [10, 499, 500, 1_999_999, 2_000_000]);
        await _cluster.Report(_a + "b", DeliveryState.Delivered, [0], "c1");
        await _cluster.Report(_a, DeliveryState.Delivered, [0], "c2");
        DeliveryReport Report(string messageId, DeliveryState state = DeliveryState.Delivered) =>
            new() { AccountId = _a, Kind = MessageKind.Campaign, CampaignId = "c1", MessageId = messageId, State = state };
        await _cluster.Reports.Report([Report("c1"), Report("c1:"), Report("c1:-1"), Report("c1: 1"), Report("c11"), Report("c2:1"), Report("c1:x"), Report("c1:99999999999999999999")]);
        await _cluster.Reports.Report([Report("c1:0", DeliveryState.None), Report("c1:0", (DeliveryState)9), Report("c1:0") with { AccountId = _a + "/c1" }, Report("c1:0") with { AccountId = "" }]);
        await _cluster.Reports.Report([]);
        Assert.Equal((10, 0, 0, 0), await Figures());
        Assert.Equal(writes, _cluster.Storage.Writes(Progress, $"{_a}/c1/0"));
        Assert.Null(_cluster.Storage.Stored<PageProgress>(Progress, $"{_a}/c1/1"));
        Assert.Null(_cluster.Storage.Stored<PageProgress>(Progress, _a + "b/c1/0"));
    }

    [Fact]
    public async Task Reports_that_overtake_the_gateways_answer_are_kept_and_outcomes_with_them()
    {
        await _cluster.OpenAccount(_a, 10_000);
        _cluster.Gateway.Answer = async message =>
        {
            var row = int.Parse(message.MessageId[3..], System.Globalization.CultureInfo.InvariantCulture);
            await _cluster.Report(_a, row % 5 == 0 ? DeliveryState.Undelivered : DeliveryState.Delivered, [row]);
            return row % 4 == 0 ? throw new IOException("The answer is lost.") : new(HandOverOutcome.Accepted);
        };
        await (await _cluster.Draft(_a, People(1_300))).Send("ana");
        var view = await _cluster.Ended(_a);
        Assert.Equal((CampaignStatus.Completed, 1_300, 0, 1_040, 260), (view.Status, view.Sent, view.Unknown, view.Delivered, view.Undelivered));
        Assert.Equal(Enumerable.Range(0, 1_300), _cluster.HandedOver(_a));
        Assert.Equal(1_300, (await _cluster.Recipients(_a)).Count(recipient => recipient.Status == RecipientStatus.Sent && recipient.Delivery != DeliveryState.None));
    }

    [Fact]
    public async Task Reports_that_come_while_a_write_is_under_way_share_the_next()
    {
        await Sent(500);
        await _cluster.Report(_a, DeliveryState.Passed, [0]);
        var (held, reached) = (new TaskCompletionSource(), new TaskCompletionSource());
        _cluster.Storage.Hold = (state, _) =>
        {
            if (state != Progress)
                return Task.CompletedTask;
            reached.TrySetResult();
            return held.Task;
        };
        var writes = _cluster.Storage.Writes(Progress, $"{_a}/c1/0");
        var first = _cluster.Report(_a, DeliveryState.Delivered, [1]);
        await reached.Task.WaitAsync(Patience);
        var others = Enumerable.Range(2, 300).Select(row => _cluster.Page(_a, 0).Report([new(row, DeliveryState.Delivered)])).ToArray();
        // They are in once the page has answered a call behind them.
        await _cluster.Page(_a, 0).Delivery();
        Assert.False(first.IsCompleted);
        Assert.Equal(0, (await Figures()).Delivered);
        held.SetResult();
        await Task.WhenAll([first, .. others]).WaitAsync(Patience);
        Assert.Equal((500, 0, 301, 0), await Figures());
        Assert.InRange(_cluster.Storage.Writes(Progress, $"{_a}/c1/0") - writes, 2, 30);
    }

    [Fact]
    public async Task A_report_that_could_not_be_saved_is_refused_and_counts_once_when_it_is_repeated()
    {
        await Sent(700);
        _cluster.Storage.EndsWith = (state, _) => state == Progress;
        await Assert.ThrowsAnyAsync<Exception>(() => _cluster.Report(_a, DeliveryState.Delivered, [1, 2, 600]));
        _cluster.Storage.EndsWith = null;
        await Again(() => _cluster.Report(_a, DeliveryState.Delivered, [1, 2, 600]));
        Assert.Equal((700, 0, 3, 0), await Figures());
    }

    [Fact]
    public async Task Figures_are_exact_after_a_crash_between_a_page_and_the_figures_of_the_campaign()
    {
        await Sent(1_200);
        await _cluster.Report(_a, DeliveryState.Delivered, Enumerable.Range(0, 100));
        // All is saved, only the pages know of these, and nobody repeats them.
        await _cluster.Report(_a, DeliveryState.Delivered, Enumerable.Range(0, 1_100));
        Assert.Equal(1_100, (await Figures()).Delivered);
        Assert.True(_cluster.Storage.Stored<CampaignDeliveryState>("campaign-delivery", $"{_a}/c1")!.Pages.Sum(value => value) < 1_100);
        await _cluster.ReplaceSilo();
        await Again(async () => Assert.Equal((1_200, 0, 1_100, 0), await Figures()));
        await _cluster.Report(_a, DeliveryState.Undelivered, [1_150]);
        Assert.Equal((1_200, 0, 1_100, 1), await Figures());
    }

    [Fact]
    public async Task Figures_are_exact_after_two_crashes_with_reports_between_them()
    {
        await Sent(1_200);
        await _cluster.Report(_a, DeliveryState.Delivered, [0]);
        await _cluster.ReplaceSilo();
        // The figures ask the page while it announces itself to them.
        await Again(() => _cluster.Report(_a, DeliveryState.Delivered, [1]));
        // Another page makes them save what they know of the first.
        await _cluster.Report(_a, DeliveryState.Delivered, [500]);
        await _cluster.Report(_a, DeliveryState.Delivered, [2]);
        Assert.Equal(4, (await Figures()).Delivered);
        await _cluster.ReplaceSilo();
        await Again(async () => Assert.Equal((1_200, 0, 4, 0), await Figures()));
    }

    // What a caller does who was told that it did not work.
    private static async Task Again(Func<Task> call)
    {
        for (var started = TimeProvider.System.GetTimestamp(); ;)
        {
            try
            {
                await call();
                return;
            }
            catch (Exception failure) when (failure is not Xunit.Sdk.XunitException && TimeProvider.System.GetElapsedTime(started) < Patience)
            {
                await Task.Delay(20);
            }
        }
    }
}
