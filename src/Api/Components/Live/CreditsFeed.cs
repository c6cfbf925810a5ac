using Connect.Api.Application;
using Connect.Api.Auth;

namespace Connect.Api.Components.Live;

/// <summary>
/// What the account has, kept fresh for the pages of one browser tab: it looks twice a second at the grain, which is in memory.
/// When a look fails or takes long, the last answer stays and is marked stale. Intervals are real time, whatever the program's clock says.
/// </summary>
public sealed class CreditsFeed(CreditsService credits, ILogger<CreditsFeed> logger) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly CancellationTokenSource _stop = new();
    private Task _watching = Task.CompletedTask;
    private bool _started;

    /// <summary>The last answer; null before the first.</summary>
    public CreditsBody? Now { get; private set; }

    /// <summary>Whether the account can not be reached at present, so that <see cref="Now"/> may be out of date.</summary>
    public bool Stale { get; private set; }

    /// <summary>Something differs from before. Raised on any thread.</summary>
    public event Action? Changed;

    /// <summary>Starts to look, if the person may see credits and it does not look yet.</summary>
    public void Watch(Caller caller)
    {
        if (_started || Access.Refusal(caller, caller.AccountId, Need.ReadCredits) is not null)
            return;
        _started = true;
        _watching = Look(caller);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watching;
        _stop.Dispose();
    }

    private async Task Look(Caller caller)
    {
        using var timer = new PeriodicTimer(LiveService.Interval, TimeProvider.System);
        try
        {
            do
                await LookOnce(caller);
            while (await timer.WaitForNextTickAsync(_stop.Token));
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
        }
    }

    private async Task LookOnce(Caller caller)
    {
        try
        {
            var answer = await credits.GetCredits(caller, caller.AccountId).WaitAsync(Patience, TimeProvider.System, _stop.Token);
            if (answer.Problem is null)
                Tell(answer.Value, stale: false);
        }
        catch (Exception error) when (!_stop.IsCancellationRequested)
        {
            if (!Stale)
                logger.LogWarning(error, "The balance of {AccountId} can not be read; the page shows the last one", caller.AccountId);
            Tell(Now, stale: true);
        }
    }

    private void Tell(CreditsBody? now, bool stale)
    {
        var differs = stale != Stale || now?.Sequence != Now?.Sequence || now?.Available != Now?.Available || now?.AutoTopUp != Now?.AutoTopUp;
        (Now, Stale) = (now, stale);
        if (differs)
            Changed?.Invoke();
    }
}
