using Connect.Grains.Accounts.Ledger;
using Connect.Purchases;
using Orleans.Concurrency;

namespace Connect.Grains.Purchases;

/// <summary>Finds bought credits in the ledger and asks each purchase for itself.</summary>
[StatelessWorker]
public sealed class PurchaseListGrain(ILedgerStore ledger) : Grain, IPurchaseListGrain
{
    /// <inheritdoc />
    public async Task<PurchaseListPage> List(long before, int limit)
    {
        var size = Math.Clamp(limit, 1, IPurchaseListGrain.MaxPage);
        var accountId = this.GetPrimaryKeyString();

        // One more than the page tells whether there is another.
        var bought = await ledger.ReadBought(accountId, before, size + 1, CancellationToken.None);
        var page = bought.Take(size).ToArray();
        var views = await Task.WhenAll(page.Select(grant => GrainFactory.GetGrain<IPurchaseGrain>($"{accountId}/{grant.PurchaseId}").Get()));
        return new PurchaseListPage { Purchases = [.. views.OfType<PurchaseView>()], Next = bought.Length > size ? page[^1].Sequence : null };
    }
}
