using System.Collections.Immutable;
using Connect.Purchases;

namespace Connect.Grains.Purchases;

/// <summary>Keeps the ids of the latest purchases and asks each for itself.</summary>
public sealed class PurchaseAttemptsGrain([PersistentState("purchase-attempts", "grains")] IPersistentState<PurchaseAttempts> stored) : Grain, IPurchaseAttemptsGrain
{
    /// <inheritdoc />
    public async Task Began(string purchaseId)
    {
        var before = stored.State;
        if (before.Ids.Contains(purchaseId)) return;

        stored.State = new() { Ids = [purchaseId, .. before.Ids.Take(IPurchaseAttemptsGrain.MaxRemembered - 1)] };
        try
        {
            await stored.WriteStateAsync();
        }
        catch
        {
            // It may have landed: the next activation reads what did.
            stored.State = before;
            DeactivateOnIdle();
            throw;
        }
    }

    /// <inheritdoc />
    public async Task<ImmutableArray<PurchaseView>> WithoutCredits()
    {
        var account = this.GetPrimaryKeyString();
        var views = await Task.WhenAll(stored.State.Ids.Select(id => GrainFactory.GetGrain<IPurchaseGrain>($"{account}/{id}").Get()));
        return [.. views.OfType<PurchaseView>().Where(view => view.Status != PurchaseStatus.Succeeded)];
    }
}
