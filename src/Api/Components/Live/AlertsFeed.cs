using System.Collections.Immutable;
using Connect.Api.Application;
using Connect.Api.Auth;
using Connect.Api.Problems;

namespace Connect.Api.Components.Live;

/// <summary>The alerts that a person has to see, kept fresh for the pages of one browser tab. When a look fails, the last answer stays. The interval is real time, whatever the program's clock says.</summary>
public sealed class AlertsFeed(AlertsService alerts, ILogger<AlertsFeed> logger) : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stop = new();
    private Task _watching = Task.CompletedTask;
    private bool _started;
    private int _version;

    /// <summary>The alerts, newest first; null before the first answer.</summary>
    public ImmutableArray<AlertBody>? Now { get; private set; }

    /// <summary>They differ from before. Raised on any thread.</summary>
    public event Action? Changed;

    /// <summary>Starts to look, if the person may see alerts and it does not look yet.</summary>
    public void Watch(Caller caller)
    {
        if (_started || Access.Refusal(caller, caller.AccountId, Need.UseCampaigns) is not null)
            return;
        _started = true;
        _watching = Look(caller);
    }

    /// <summary>Shows these at once, such as after one was dismissed. A look that began before it tells nothing any more.</summary>
    public void Show(ImmutableArray<AlertBody> now)
    {
        _version++;
        var before = Now;
        Now = now;
        if (before is not { } known || !known.SequenceEqual(now))
            Changed?.Invoke();
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
        using var timer = new PeriodicTimer(Interval, TimeProvider.System);
        try
        {
            do
            {
                try
                {
                    var version = _version;
                    var answer = await alerts.List(caller, caller.AccountId).WaitAsync(_stop.Token);
                    if (answer.Problem is null && version == _version)
                        Show(answer.Value.Alerts);
                }
                catch (Exception error) when (!_stop.IsCancellationRequested)
                {
                    if (Faults.From(error) is null)
                        logger.LogWarning(error, "The alerts of {AccountId} can not be read; the page shows the last ones", caller.AccountId);
                }
            }
            while (await timer.WaitForNextTickAsync(_stop.Token));
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
        }
    }
}
