namespace Connect.Sandbox.Stripe;

/// <summary>Runs units of work, each after everything that was due by then, so that no reader sees a state that time has passed.</summary>
internal sealed class StripeWork(StripeStore store, IStripeIds ids, TimeProvider clock)
{
    /// <summary>Runs <paramref name="work"/> alone at the present time, and commits what it wrote; an exception undoes all of it.</summary>
    public Task<T> RunAsync<T>(Func<StripeUnit, DateTimeOffset, T> work) => store.RunAsync(unit =>
    {
        var now = clock.GetUtcNow();
        LaterWork.RunDue(unit, ids, now);
        return work(unit, now);
    });

    /// <summary>Runs <paramref name="work"/> as something that happens outside the API: no request of a client.</summary>
    public Task<T> ActAsync<T>(Func<StripeCall, T> work) => RunAsync((unit, now) => work(new StripeCall(unit, StripeParameters.None, ids, now, "")));
}
