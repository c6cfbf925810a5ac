using Connect.Alerts;
using Connect.Campaigns;
using Connect.Grains.Campaigns.Engine;
using Connect.Grains.Messaging;
using Connect.Messaging;
using Microsoft.Extensions.Logging;

namespace Connect.Grains.Campaigns;

/// <summary>
/// One run of a campaign's send. Pages are debited strictly one after the other: the next only when the account has answered for the one before, and paid for all of it. Hand-overs overlap.
/// A run can end anywhere; the next begins at the first page that is not settled and repeats what may have been done, under the same operation ids.
/// </summary>
/// <param name="key">The campaign.</param>
/// <param name="stored">What is stored of it.</param>
/// <param name="change">Stores a change.</param>
/// <param name="grains">Finds pages, settings and alerts.</param>
/// <param name="options">How many pages are under way.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Hears of calls that are repeated.</param>
internal sealed class CampaignSend(
    CampaignKey key,
    Func<CampaignState> stored,
    Func<Func<CampaignState, CampaignState>, Task> change,
    IGrainFactory grains,
    MessagingOptions options,
    TimeProvider time,
    ILogger logger)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    // How long an unavailable gateway is left alone.
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    private TaskCompletionSource _wake = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Queue<(int Page, Task<PageReport> HandOver)> _inFlight = [];
    private int _settledPages = stored().SettledPages;
    private PageFigures _settled = stored().Settled;
    private int _prepared = stored().SettledPages;
    private readonly int _earlierFrontier = stored().DebitFrontier;
    private string? _sender;
    private int _window = Math.Min(WindowSize.First, options.HandOverWindow);

    /// <summary>Whether the run was told to end; it then ends with an <see cref="OperationCanceledException"/>.</summary>
    public bool IsStopped { get; private set; }

    /// <summary>Since when the gateway is unavailable, as the pages in flight found it; null when it is not.</summary>
    public DateTimeOffset? WaitingSince { get; private set; }

    /// <summary>Ends the run before its next call.</summary>
    public void Stop()
    {
        IsStopped = true;
        Wake();
    }

    /// <summary>Ends waits for the gateway: it is back, or something else is to be done, such as a cancel that was stored.</summary>
    public void Wake()
    {
        var waiting = _wake;
        _wake = new(TaskCreationOptions.RunContinuationsAsynchronously);
        waiting.SetResult();
    }

    /// <summary>The figures now: the settled pages, and those in flight as they stand.</summary>
    public async Task<PageFigures> Figures()
    {
        var sum = _settled;
        var pages = _inFlight.Select(flight => Page(flight.Page).Figures()).ToArray();
        try
        {
            foreach (var figures in await Task.WhenAll(pages))
                sum += figures;
        }
        catch (Exception failure)
        {
            logger.LogWarning(failure, "The figures of pages in flight of campaign {Campaign} are not to be had", key);
        }

        return sum;
    }

    /// <summary>Sends what is left, and stores how it ended.</summary>
    public async Task Run()
    {
        _sender = stored().SenderKnown ? stored().Sender : (await Repeat(() => grains.GetGrain<IMessagingSettingsGrain>(key.AccountId).Get())).Sender;
        var outOfCredits = await Send() || await Withdraw();
        ThrowIfStopped();
        // Before the end: once that is stored nobody would raise it any more.
        if (outOfCredits)
            await Repeat(Alert);
        await change(state =>
        {
            var settled = state with { SettledPages = _settledPages, Settled = _settled };
            return settled with { Status = CampaignRules.End(settled, outOfCredits), EndedAt = time.GetUtcNow() };
        });
    }

    private async Task<bool> Send()
    {
        var outOfCredits = false;
        for (var next = stored().SettledPages; next < stored().Pages && !outOfCredits && !stored().CancelRequested; next++)
        {
            if (next >= stored().DebitFrontier)
                await Advance(next);
            while (_inFlight.Count >= options.PagesInFlight)
                await SettleFirst();
            PrepareAhead(next);
            var number = next;
            var paidForAll = await Repeat(() => Page(number).Debit(Order(number)));
            _inFlight.Enqueue((number, HandOver(number, withdraw: false)));
            outOfCredits = !paidForAll;
        }

        while (_inFlight.Count > 0)
            await SettleFirst();
        return outOfCredits;
    }

    // Pages that a cancel kept this run from may have been paid, and may be handed over, by an earlier run that came further. They are settled without handing more over, up to one that the account
    // could not pay for: none behind it was ever asked for, and the send had stopped there before it was cancelled. Nothing else is touched.
    private async Task<bool> Withdraw()
    {
        var outOfCredits = false;
        for (var next = _settledPages; next < _earlierFrontier && !outOfCredits; next++)
        {
            _inFlight.Enqueue((next, HandOver(next, withdraw: true)));
            outOfCredits = (await SettleFirst()).Short;
        }

        return outOfCredits;
    }

    // One save for several pages; it carries the figures along.
    private Task Advance(int next) => change(state => state with
    {
        DebitFrontier = Math.Min(state.Pages, next + 2 * options.PagesInFlight),
        SettledPages = _settledPages,
        Settled = _settled,
        Sender = _sender,
        SenderKnown = true,
    });

    private async Task<bool> Alert()
    {
        await grains.GetGrain<IAlertsGrain>(key.AccountId).Raise(CampaignRules.Stopped(key.CampaignId, stored(), _settled));
        return true;
    }

    private IRecipientPageGrain Page(int number) => grains.GetGrain<IRecipientPageGrain>(key.Page(number));

    private async Task<PageReport> SettleFirst()
    {
        var (number, handOver) = _inFlight.Peek();
        var report = await handOver;
        _inFlight.Dequeue();
        (_settledPages, _settled, _window) = (number + 1, _settled + report.Figures, report.Window);
        return report;
    }

    // Counting and saving what to ask for costs the debits no time when it is done before their turn.
    private void PrepareAhead(int next)
    {
        for (_prepared = Math.Max(_prepared, next); _prepared < Math.Min(stored().Pages, next + 3); _prepared++)
            Page(_prepared).Prepare(Order(_prepared)).Ignore();
    }

    private async Task<PageReport> HandOver(int number, bool withdraw)
    {
        var window = _window;
        var wait = FirstWait;
        while (true)
        {
            // A page comes back every few seconds; once a cancel was asked for it hands nothing more over, and what it had paid for the rest goes back.
            var report = await Repeat(() => Page(number).HandOver(Order(number), window, withdraw || stored().CancelRequested));
            if (WaitingSince is not null && (!report.Unavailable || report.Answered > 0))
            {
                WaitingSince = null;
                Wake();
            }

            if (report.Done)
                return report;
            window = report.Window;
            if (!report.Unavailable)
                continue;
            WaitingSince ??= time.GetUtcNow();
            wait = report.Answered > 0 ? FirstWait : wait;
            await WaitForGateway(number, wait);
            wait = wait * 2 < LongestWait ? wait * 2 : LongestWait;
        }
    }

    // The first page in flight tries; when it gets through the others follow.
    private async Task WaitForGateway(int number, TimeSpan wait)
    {
        if (IsStopped || stored().CancelRequested)
            return;
        var isFirst = _inFlight.TryPeek(out var first) && first.Page == number;
        await Task.WhenAny(Task.Delay(isFirst ? wait : LongestWait, time), _wake.Task);
    }

    private PageSend Order(int number) => new() { Text = stored().Draft!.Text, Actor = stored().StartedBy, Rows = stored().RowsOn(number), From = _sender, Fields = stored().Draft!.Fields };

    // Every call to a page may be repeated, so whatever fails (an account that reloads, storage, a silo that died) is tried again until it works or the run is stopped.
    private async Task<T> Repeat<T>(Func<Task<T>> call)
    {
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            ThrowIfStopped();
            try
            {
                return await call();
            }
            catch (Exception failure)
            {
                logger.LogWarning(failure, "A page of campaign {Campaign} is tried again in {Pause}", key, pause);
            }

            await Task.Delay(pause, time);
        }
    }

    private void ThrowIfStopped()
    {
        if (IsStopped)
            throw new OperationCanceledException();
    }
}
