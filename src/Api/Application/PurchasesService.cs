using System.Text.Json;
using Connect.Accounts;
using Connect.Api.Auth;
using Connect.Api.Problems;
using Connect.Purchases;
using Orleans.Runtime;

namespace Connect.Api.Application;

/// <summary>Buying at a quoted price.</summary>
public sealed class PurchasesService(GrainCalls calls, MoneyBackService moneyBack, ILogger<PurchasesService> logger)
{
    /// <summary>
    /// Confirms a quote and charges the card. The quote becomes one purchase at most, so repeating this is harmless: it reports.
    /// A purchase that the bank refused is a problem; one that is still under way is a value.
    /// </summary>
    public async Task<Answer<PurchaseBody>> Confirm(Caller? caller, string accountId, string quoteId, string? cardId)
    {
        if (Access.Refusal(caller, accountId, Need.ManageCredits) is { } refusal)
            return refusal;
        if (!Names.IsId(quoteId))
            return Refuse.NotFound("quote");
        var result = await GrainCalls.Repeat(() => Purchase(accountId, quoteId).Confirm(new() { CardId = cardId, Actor = caller!.UserId }));
        if (result.Outcome.Problem() is { } problem)
            return problem;
        var purchase = await Body(accountId, result.Purchase!);
        return purchase is { Status: PurchaseStatus.Failed, Failure: { } failure } && failure.Problem(purchase) is { } failed ? failed : purchase;
    }

    /// <summary>
    /// The purchases that brought credits, newest first: those posted before the place in the ledger that the page before ended with. The first page also has the latest that brought none.
    /// </summary>
    public async Task<Answer<PurchasesBody>> List(Caller? caller, string accountId, long? after, int limit)
    {
        if (Access.Refusal(caller, accountId, Need.ReadCredits) is { } refusal)
            return refusal;
        if (after is < 1)
            return Refuse.Validation("after", "'after' is the nextCursor of the page before; it is 1 or more.");
        if (limit is < 1 or > IPurchaseListGrain.MaxPage)
            return Refuse.Validation("limit", $"'limit' is 1 to {IPurchaseListGrain.MaxPage}.");
        var page = await GrainCalls.Repeat(() => calls.Grains.GetGrain<IPurchaseListGrain>(accountId).List(after ?? long.MaxValue, limit));
        var others = after is null ? await GrainCalls.Repeat(calls.Grains.GetGrain<IPurchaseAttemptsGrain>(accountId).WithoutCredits) : [];
        return new PurchasesBody(
            [.. await Task.WhenAll(page.Purchases.Select(view => Body(accountId, view)))], page.Next, [.. await Task.WhenAll(others.Select(view => Body(accountId, view)))]);
    }

    /// <summary>How far a purchase is.</summary>
    public async Task<Answer<PurchaseBody>> Get(Caller? caller, string accountId, string purchaseId)
    {
        if (Access.Refusal(caller, accountId, Need.ReadCredits) is { } refusal)
            return refusal;
        return Names.IsId(purchaseId) && await GrainCalls.Repeat(() => Purchase(accountId, purchaseId).Get()) is { } view
            ? await Body(accountId, view)
            : Refuse.NotFound("purchase");
    }

    /// <summary>
    /// The customer came back from the bank's page: the purchase looks what the bank said, and this waits a few seconds for it. Needs no sign-in, since it answers
    /// nothing and only hastens what happens anyway.
    /// </summary>
    public async Task CameBack(string accountId, string purchaseId)
    {
        try
        {
            await Purchase(accountId, purchaseId).Prompt();
        }
        catch (Exception exception) when (exception is AccountUnavailableException or OrleansException or TimeoutException)
        {
            logger.LogWarning(exception, "Purchase {Account}/{Purchase} could not be prompted; it looks for itself", accountId, purchaseId);
        }
    }

    private IPurchaseGrain Purchase(string accountId, string purchaseId) => calls.Grains.GetGrain<IPurchaseGrain>($"{accountId}/{purchaseId}");

    private async Task<PurchaseBody> Body(string accountId, PurchaseView view) => new(
        view.Id, view.Status, view.Credits, view.Total, view.Failure, view.NextActionUrl is { } url ? new(url) : null, view.Automatic, view.RequestedAt,
        JsonNamingPolicy.SnakeCaseLower.ConvertName(view.State), await moneyBack.Of(accountId, view));
}
