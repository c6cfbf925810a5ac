using System.Collections.Immutable;

namespace Connect.Purchases;

/// <summary>
/// The latest purchases that an account began, so that those which brought no credits (under way, waiting for the customer, failed) can be found. Key: the account id.
/// It is a convenience for people: no purchase depends on it, and one may be missing after a storage failure.
/// </summary>
[Alias("connect.purchases.IPurchaseAttemptsGrain")]
public interface IPurchaseAttemptsGrain : IGrainWithStringKey
{
    /// <summary>How many are remembered.</summary>
    const int MaxRemembered = 50;

    /// <summary>Remembers a purchase that begins. Repeating it does nothing.</summary>
    [Alias("began")] Task Began(string purchaseId);

    /// <summary>Those of the remembered that have not brought credits, newest first.</summary>
    [Alias("without-credits")] Task<ImmutableArray<PurchaseView>> WithoutCredits();
}
