using System.Threading.RateLimiting;

namespace Connect.Grains.Messaging;

/// <summary>
/// Keeps a gateway below a rate and a number of calls at the same time. Callers wait in the order they came, campaigns and automations alike. A message that finds no place in time was surely not
/// handed over: it is answered <see cref="HandOverOutcome.Unavailable"/>.
/// </summary>
public sealed class BoundedGateway : ISmsGateway, IDisposable
{
    /// <summary>Longest wait for a place. Shorter than any caller's own patience, so that nobody gives up on a message that is handed over later.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    // A tenth of a second's worth at once: what was reserved is soon gone, and no page keeps the others waiting.
    private const int ReservationsPerSecond = 10;

    private static readonly HandOver Busy = new(HandOverOutcome.Unavailable, "too many messages wait for the gateway");

    private readonly ISmsGateway _gateway;
    private readonly TimeProvider _time;
    private readonly int _most;
    private readonly TokenBucketRateLimiter? _rate;
    private readonly ConcurrencyLimiter? _places;

    /// <summary>Bounds a gateway; 0 for no bound.</summary>
    public BoundedGateway(ISmsGateway gateway, int maxPerSecond, int maxConcurrent, TimeProvider time)
    {
        (_gateway, _time) = (gateway, time);
        if (maxPerSecond > 0)
        {
            _most = Math.Max(1, maxPerSecond / ReservationsPerSecond);
            _rate = new(new()
            {
                TokenLimit = _most,
                TokensPerPeriod = _most,
                ReplenishmentPeriod = TimeSpan.FromSeconds((double)_most / maxPerSecond),
                QueueLimit = int.MaxValue,
                QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
            });
        }

        if (maxConcurrent > 0)
            _places = new(new() { PermitLimit = maxConcurrent, QueueLimit = int.MaxValue, QueueProcessingOrder = QueueProcessingOrder.OldestFirst });
    }

    /// <inheritdoc/>
    public Task<HandOver> Send(SmsMessage message) =>
        _places is null && (_rate is null || message.Reserved) ? _gateway.Send(message) : SendInTurn(message);

    /// <inheritdoc/>
    public async ValueTask<int> Reserve(int wanted, CancellationToken cancellationToken)
    {
        if (_rate is null)
            return await _gateway.Reserve(wanted, cancellationToken);
        var reserved = Math.Min(wanted, _most);
        try
        {
            using var lease = await _rate.AcquireAsync(reserved, cancellationToken);
            return lease.IsAcquired ? reserved : 0;
        }
        catch (OperationCanceledException)
        {
            return 0;
        }
    }

    /// <summary>Ends the waits, and the gateway.</summary>
    public void Dispose()
    {
        (_gateway as IDisposable)?.Dispose();
        _rate?.Dispose();
        _places?.Dispose();
    }

    private async Task<HandOver> SendInTurn(SmsMessage message)
    {
        using var patience = new CancellationTokenSource(Patience, _time);
        RateLimitLease? place = null;
        try
        {
            if (_rate is not null && !message.Reserved)
            {
                using var turn = await _rate.AcquireAsync(1, patience.Token);
                if (!turn.IsAcquired)
                    return Busy;
            }

            if (_places is not null)
            {
                place = await _places.AcquireAsync(1, patience.Token);
                if (!place.IsAcquired)
                    return Busy;
            }
        }
        catch (OperationCanceledException)
        {
            return Busy;
        }

        try
        {
            return await _gateway.Send(message);
        }
        finally
        {
            place?.Dispose();
        }
    }
}
