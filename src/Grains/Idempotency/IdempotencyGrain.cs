using Connect.Idempotency;

namespace Connect.Grains.Idempotency;

/// <summary>Keeps the answer of one idempotency key; see <see cref="IIdempotencyGrain"/>.</summary>
public sealed class IdempotencyGrain(
    [PersistentState("idempotency", "grains")] IPersistentState<IdempotencyState> stored, TimeProvider time) : Grain, IIdempotencyGrain
{
    /// <summary>A claim older than this may be taken over: whoever made it has gone.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);

    private long _claims;
    private (long Number, string Fingerprint, DateTimeOffset Until)? _running;

    /// <inheritdoc/>
    public Task<IdempotencyClaim> Begin(string fingerprint)
    {
        if (stored.State.Answer is { } answer)
        {
            return Task.FromResult(stored.State.Fingerprint == fingerprint
                ? new IdempotencyClaim { Outcome = ClaimOutcome.Answered, Answer = answer }
                : new IdempotencyClaim { Outcome = ClaimOutcome.OtherContent });
        }
        if (_running is { } running && running.Until > time.GetUtcNow())
        {
            var outcome = running.Fingerprint == fingerprint ? ClaimOutcome.Running : ClaimOutcome.OtherContent;
            return Task.FromResult(new IdempotencyClaim { Outcome = outcome });
        }
        _running = (++_claims, fingerprint, time.GetUtcNow() + Lease);
        return Task.FromResult(new IdempotencyClaim { Outcome = ClaimOutcome.Started, Claim = _claims });
    }

    /// <inheritdoc/>
    public async Task Complete(long claim, StoredAnswer answer)
    {
        if (_running is not { } running || running.Number != claim)
            return;
        stored.State = new() { Fingerprint = running.Fingerprint, Answer = answer };
        try
        {
            await stored.WriteStateAsync();
        }
        catch
        {
            // It may have been written: only storage knows.
            DeactivateOnIdle();
            throw;
        }
        _running = null;
    }

    /// <inheritdoc/>
    public Task Release(long claim)
    {
        if (_running?.Number == claim)
            _running = null;
        return Task.CompletedTask;
    }
}
