namespace Connect.Sandbox.Stripe;

/// <summary>The other side of the books: what the sandbox has really charged, for checks that compare it with the credits given.</summary>
public sealed class StripeSandboxLedger
{
    private readonly StripeStore _store;

    internal StripeSandboxLedger(StripeStore store) => _store = store;

    /// <summary>Every successful charge, oldest first.</summary>
    public Task<IReadOnlyList<SandboxCharge>> SuccessfulChargesAsync() => _store.RunAsync<IReadOnlyList<SandboxCharge>>(unit =>
    [
        .. unit.SuccessfulCharges().Select(charge => new SandboxCharge(
            charge.Id, charge.PaymentIntent, charge.Metadata.GetValueOrDefault("purchase_id"), charge.Customer, charge.Amount, charge.Currency)),
    ]);

    /// <summary>
    /// The successful charges of each purchase, by the intent's metadata <c>purchase_id</c>; charges without one are under the empty text.
    /// A purchase with more than one was charged twice.
    /// </summary>
    public async Task<ILookup<string, SandboxCharge>> ChargesByPurchaseAsync() =>
        (await SuccessfulChargesAsync()).ToLookup(charge => charge.PurchaseId ?? "");
}

/// <summary>Money that moved.</summary>
/// <param name="Id">The charge.</param>
/// <param name="PaymentIntentId">Its intent.</param>
/// <param name="PurchaseId">The intent's metadata <c>purchase_id</c>, or null.</param>
/// <param name="CustomerId">Who paid, or null.</param>
/// <param name="Amount">In minor units.</param>
/// <param name="Currency">ISO code, lower case.</param>
public sealed record SandboxCharge(string Id, string PaymentIntentId, string? PurchaseId, string? CustomerId, long Amount, string Currency);
