using System.Collections.Immutable;

namespace Connect.Purchases;

/// <summary>The purchases of an account that brought credits. Key: the account id. It keeps nothing: the ledger is the list.</summary>
[Alias("connect.purchases.IPurchaseListGrain")]
public interface IPurchaseListGrain : IGrainWithStringKey
{
    /// <summary>Largest page.</summary>
    const int MaxPage = 100;

    /// <summary>The purchases whose credits were posted before a place in the ledger, newest first, at most <paramref name="limit"/> of at most <see cref="MaxPage"/>.</summary>
    /// <param name="before">Sequence of the ledger entry; <see cref="long.MaxValue"/> for the newest.</param>
    /// <param name="limit">1 to <see cref="MaxPage"/>.</param>
    [Alias("list")] Task<PurchaseListPage> List(long before, int limit);
}

/// <summary>A page of purchases.</summary>
[GenerateSerializer, Immutable, Alias("connect.purchases.purchase-list-page")]
public sealed record PurchaseListPage
{
    /// <summary>The purchases, newest first.</summary>
    [Id(0)] public required ImmutableArray<PurchaseView> Purchases { get; init; }

    /// <summary>What to pass as <c>before</c> for the next page; null on the last.</summary>
    [Id(1)] public long? Next { get; init; }
}
