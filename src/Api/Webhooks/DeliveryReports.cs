using System.Collections.Immutable;
using System.Threading.Channels;
using Connect.Api.Application;
using Connect.Messaging;

namespace Connect.Api.Webhooks;

/// <summary>
/// Hands delivery reports on: all that have come while the last ones were being stored go together, since reports of one campaign share their writes. At most <see cref="MaxWaiting"/> wait.
/// </summary>
public sealed class DeliveryReports : BackgroundService
{
    /// <summary>Most reports in one call.</summary>
    public const int MaxTogether = 500;

    /// <summary>Most reports that wait; further ones are turned away, and the gateway repeats them.</summary>
    public const int MaxWaiting = 10_000;

    private readonly Channel<Waiting> _waiting = Channel.CreateBounded<Waiting>(new BoundedChannelOptions(MaxWaiting) { SingleReader = true });
    private readonly Func<ImmutableArray<DeliveryReport>, Task> _store;

    /// <summary>Made by the container.</summary>
    public DeliveryReports(GrainCalls calls) : this(reports => GrainCalls.Repeat(async () =>
    {
        await calls.Grains.GetGrain<IDeliveryReportsGrain>(0).Report(reports);
        return true;
    }))
    {
    }

    /// <summary>Hands them to something else.</summary>
    internal DeliveryReports(Func<ImmutableArray<DeliveryReport>, Task> store) => _store = store;

    /// <summary>Returns once the report is durable, throws when it is not.</summary>
    public Task Add(DeliveryReport report)
    {
        var waiting = new Waiting(report, new(TaskCreationOptions.RunContinuationsAsynchronously));
        return _waiting.Writer.TryWrite(waiting) ? waiting.Done.Task : Task.FromException(new InvalidOperationException($"{MaxWaiting} delivery reports wait already."));
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var together = new List<Waiting>(MaxTogether);
        try
        {
            while (await _waiting.Reader.WaitToReadAsync(stoppingToken))
            {
                while (together.Count < MaxTogether && _waiting.Reader.TryRead(out var next))
                    together.Add(next);
                await Store(together);
                together.Clear();
            }
        }
        finally
        {
            _waiting.Writer.TryComplete();
            while (_waiting.Reader.TryRead(out var left))
                left.Done.TrySetCanceled(CancellationToken.None);
        }
    }

    private async Task Store(List<Waiting> together)
    {
        try
        {
            await _store([.. together.Select(waiting => waiting.Report)]);
            foreach (var waiting in together)
                waiting.Done.TrySetResult();
        }
        catch (Exception failure)
        {
            foreach (var waiting in together)
                waiting.Done.TrySetException(failure);
        }
    }

    private sealed record Waiting(DeliveryReport Report, TaskCompletionSource Done);
}
