using Connect.Campaigns;
using Connect.Grains.Campaigns.Engine;
using Connect.Grains.Messaging;
using static Connect.Grains.Tests.Campaigns.CampaignCluster;

namespace Connect.Grains.Tests.Campaigns;

/// <summary>A gateway that takes nothing for a while.</summary>
public sealed class UnavailableTests : IClassFixture<CampaignCluster>
{
    private static readonly Task<HandOver> Unavailable = Task.FromResult(new HandOver(HandOverOutcome.Unavailable, "503"));

    private static int _tests;

    private readonly CampaignCluster _cluster;

    // Each test has an account of its own.
    private readonly string _a = $"a{Interlocked.Increment(ref _tests)}";
    private volatile bool _available;

    public UnavailableTests(CampaignCluster cluster)
    {
        _cluster = cluster;
        _cluster.Gateway.Answer = _ => HandOver.Accepted;
        _cluster.Gateway.Reserving = null;
        _cluster.Storage.Hold = null;
        _cluster.Storage.BeforeWrite = null;
        _cluster.Storage.EndsWith = null;
    }

    [Fact]
    public async Task A_send_waits_for_the_gateway_and_goes_on_where_it_was_with_nothing_twice_and_nothing_unknown()
    {
        await _cluster.OpenAccount(_a, 5_000);
        var taken = 0;
        _cluster.Gateway.Answer = _ => _available || Interlocked.Increment(ref taken) <= 700 ? HandOver.Accepted : Unavailable;
        var before = _cluster.Time.GetUtcNow();
        await (await _cluster.Draft(_a, People(3_000))).Send("ana");

        var waiting = await _cluster.When(_a, view => view is { Sent: 700, WaitingForGatewaySince: not null });
        Assert.InRange(waiting.WaitingForGatewaySince!.Value, before, _cluster.Time.GetUtcNow());
        Assert.Equal((CampaignStatus.Sending, 2_300, 0, 0), (waiting.Status, waiting.Remaining, waiting.Failed, waiting.Unknown));
        var tries = _cluster.Gateway.SentAway(_a);
        await _cluster.When(_a, _ => _cluster.Gateway.SentAway(_a) > tries);
        Assert.Equal(700, _cluster.HandedOver(_a).Length);
        _available = true;

        var view = await _cluster.Ended(_a);
        Assert.Equal((CampaignStatus.Completed, 3_000, 0, 3_000, null), (view.Status, view.Sent, view.Unknown, view.CreditsUsed, view.WaitingForGatewaySince));
        Assert.Equal(Enumerable.Range(0, 3_000), _cluster.HandedOver(_a));
    }

    [Fact]
    public async Task A_gateway_that_gives_no_clear_answer_any_more_is_waited_for_and_does_not_go_through_the_list()
    {
        await _cluster.OpenAccount(_a, 5_000);
        var taken = 0;
        _cluster.Gateway.Answer = _ => _available || Interlocked.Increment(ref taken) <= 700 ? HandOver.Accepted : Task.FromResult(new HandOver(HandOverOutcome.Unknown, "502"));
        await (await _cluster.Draft(_a, People(3_000))).Send("ana");

        var waiting = await _cluster.When(_a, view => view is { Sent: 700, WaitingForGatewaySince: not null, Unknown: > 0 });
        Assert.Equal(CampaignStatus.Sending, waiting.Status);
        // What may have been taken is not tried again; another one is, from time to time.
        await _cluster.When(_a, view => view.Unknown > waiting.Unknown);
        _available = true;

        var view = await _cluster.Ended(_a);
        Assert.Equal((CampaignStatus.Completed, 3_000, 3_000, null), (view.Status, view.Sent + view.Unknown, view.CreditsUsed, view.WaitingForGatewaySince));
        // Ten for each page in flight, and those that were tried.
        Assert.InRange(view.Unknown, 10, 150);
        Assert.Equal(Enumerable.Range(0, 3_000), _cluster.HandedOver(_a));
    }

    [Fact]
    public async Task Rows_of_one_window_that_were_taken_are_not_handed_over_again_with_those_that_were_not()
    {
        await _cluster.OpenAccount(_a, 5_000);
        var tried = new HashSet<string>();
        _cluster.Gateway.Answer = async message =>
        {
            // Every third is sent away the first time, late, when others of its window are on their way.
            bool first;
            lock (tried)
                first = tried.Add(message.MessageId);
            await Task.Yield();
            var row = int.Parse(message.MessageId[3..], System.Globalization.CultureInfo.InvariantCulture);
            return new(row % 3 == 1 && row < 90 && first ? HandOverOutcome.Unavailable : row % 7 == 0 ? HandOverOutcome.Refused : HandOverOutcome.Accepted);
        };
        await (await _cluster.Draft(_a, People(600))).Send("ana");
        var view = await _cluster.Ended(_a);
        Assert.Equal((CampaignStatus.Completed, 514, 86, 0, 514), (view.Status, view.Sent, view.Failed, view.Unknown, view.CreditsUsed));
        Assert.Equal(30, _cluster.Gateway.SentAway(_a));
        Assert.Equal(Enumerable.Range(0, 600), _cluster.HandedOver(_a));
        Assert.Equal(4_486, (await _cluster.Account(_a).GetCredits()).Available);
    }

    [Fact]
    public async Task A_cancel_ends_the_wait_and_gives_back_what_was_paid()
    {
        await _cluster.OpenAccount(_a, 5_000);
        var taken = 0;
        _cluster.Gateway.Answer = _ => Interlocked.Increment(ref taken) <= 700 ? HandOver.Accepted : Unavailable;
        var campaign = await _cluster.Draft(_a, People(3_000));
        await campaign.Send("ana");
        await _cluster.When(_a, view => view is { Sent: 700, WaitingForGatewaySince: not null });
        Assert.Equal(CampaignOutcome.Done, await campaign.Cancel("ana"));
        var view = await _cluster.Ended(_a);
        Assert.Equal((CampaignStatus.Canceled, 700, 0, 700, 2_300, null), (view.Status, view.Sent, view.Unknown, view.CreditsUsed, view.Remaining, view.WaitingForGatewaySince));
        Assert.Equal(4_300, (await _cluster.Account(_a).GetCredits()).Available);
        Assert.Equal(2_300, (await _cluster.Duplicate(_a, "rest")).Total);
    }

    [Fact]
    public async Task A_silo_killed_while_it_waits_leaves_nothing_unknown()
    {
        await _cluster.OpenAccount(_a, 5_000);
        var taken = 0;
        _cluster.Gateway.Answer = _ => _available || Interlocked.Increment(ref taken) <= 700 ? HandOver.Accepted : Unavailable;
        await (await _cluster.Draft(_a, People(3_000))).Send("ana");
        await _cluster.When(_a, view => view is { Sent: 700, WaitingForGatewaySince: not null });
        // From here on no page gets to try again; those that just do come to the end of it.
        _cluster.Storage.Hold = (_, value) => value is PageProgress progress && progress.HandingTo > progress.HandedTo ? Task.Delay(-1) : Task.CompletedTask;
        await _cluster.When(_a, _ => Enumerable.Range(0, 6).All(page =>
            _cluster.Storage.Stored<PageProgress>("recipient-page-progress", $"{_a}/c1/{page}") is not { Phase: PagePhase.HandingOver } progress || progress.HandingTo <= progress.HandedTo));
        await _cluster.ReplaceSilo();
        _cluster.Storage.Hold = null;
        _available = true;
        var view = await _cluster.Ended(_a);
        Assert.Equal((CampaignStatus.Completed, 3_000, 0, 3_000), (view.Status, view.Sent, view.Unknown, view.CreditsUsed));
        Assert.Equal(Enumerable.Range(0, 3_000), _cluster.HandedOver(_a));
    }

    [Fact]
    public async Task While_a_page_waits_for_its_turn_none_of_its_rows_is_under_a_marker_and_a_window_is_as_wide_as_its_turn()
    {
        await _cluster.OpenAccount(_a, 100);
        var turns = 0;
        var (third, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        _cluster.Gateway.Reserving = async (wanted, cancel) =>
        {
            if (++turns <= 2)
                return Math.Min(wanted, 3);
            third.TrySetResult();
            await Task.WhenAny(go.Task, Task.Delay(-1, cancel));
            return cancel.IsCancellationRequested ? 0 : Math.Min(wanted, 3);
        };
        var widest = 0;
        _cluster.Storage.BeforeWrite = (_, value) =>
        {
            if (value is PageProgress { Marks.Length: 50 } progress)
                widest = Math.Max(widest, progress.HandingTo - progress.HandedTo);
        };
        await (await _cluster.Draft(_a, People(50))).Send("ana");
        await third.Task.WaitAsync(Patience);
        await _cluster.When(_a, _ => _cluster.Storage.Stored<PageProgress>("recipient-page-progress", $"{_a}/c1/0") is { HandedTo: 6, HandingTo: 6 } stored
            && PageRules.Figures(stored).Sent == 6);
        go.SetResult();
        var view = await _cluster.Ended(_a);
        Assert.Equal((CampaignStatus.Completed, 50, 3), (view.Status, view.Sent, widest));
        Assert.Equal(Enumerable.Range(0, 50), _cluster.HandedOver(_a));
        Assert.All(_cluster.Gateway.Messages, message => Assert.True(message.Reserved));
    }
}
