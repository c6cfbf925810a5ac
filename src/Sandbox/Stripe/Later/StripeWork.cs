namespace Connect.Sandbox.Stripe;

/// <summary>Runs units of work, each after everything that was due by then, so that no reader sees a state that time has passed.</summary>
internal sealed class StripeWork(StripeStore store, IStripeIds ids, StripeSandboxWebhooks webhooks, TimeProvider clock)
{
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Runs <paramref name="work"/> alone at the present time, and commits what it wrote; an exception undoes all of it.</summary>
    public async Task<T> RunAsync<T>(Func<StripeUnit, DateTimeOffset, T> work)
    {
        var (result, planned) = await store.RunAsync(unit =>
        {
            var now = clock.GetUtcNow();
            LaterWork.RunDue(unit, this, now);
            return (work(unit, now), unit.HasPlanned);
        });
        if (planned)
            Interlocked.Exchange(ref _changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
        return result;
    }

    /// <summary>Runs <paramref name="work"/> as something that happens outside the API: no request of a client.</summary>
    public Task<T> ActAsync<T>(Func<StripeCall, T> work) => RunAsync((unit, now) => work(Call(unit, now, StripeParameters.None)));

    /// <summary>Reads without doing first what is due.</summary>
    public Task<T> PeekAsync<T>(Func<StripeUnit, T> read) => store.RunAsync(read);

    /// <summary>Ends when something was planned since this was called.</summary>
    public Task ChangedAsync() => Volatile.Read(ref _changed).Task;

    /// <summary>A request at work.</summary>
    /// <param name="unit">The state.</param>
    /// <param name="now">The time it is carried out at.</param>
    /// <param name="parameters">What it asks.</param>
    /// <param name="pageBase">Where the hosted pages are.</param>
    /// <param name="cause">The request, or null when nobody asked.</param>
    public StripeCall Call(StripeUnit unit, DateTimeOffset now, StripeParameters parameters, string pageBase = "", StripeEventRequest? cause = null) =>
        new(unit, parameters, ids, webhooks, now, pageBase, cause ?? new StripeEventRequest(null, null));
}
