using Connect.Api.Auth;
using Connect.Api.Problems;
using Connect.Purchases;

namespace Connect.Api.Application;

/// <summary>What operators do about a purchase: look at it, have it checked against the payment provider, give its money back.</summary>
public sealed class MoneyBackService(GrainCalls calls, ILogger<MoneyBackService> logger)
{
    /// <summary>A purchase with everything an operator may see of it.</summary>
    public async Task<Answer<OperatorPurchaseBody>> Get(Caller? caller, string accountId, string purchaseId)
    {
        if (Access.Refusal(caller, accountId, Need.Operate) is { } refusal)
            return refusal;
        if (!Names.IsId(purchaseId) || await GrainCalls.Repeat(Purchase(accountId, purchaseId).Get) is not { } purchase)
            return Refuse.NotFound("purchase");
        return new OperatorPurchaseBody(purchase, await GrainCalls.Repeat(MoneyBack(accountId, purchaseId).Get));
    }

    /// <summary>
    /// The safe retry of a purchase that hangs: it and its money are read at the payment provider now, and whatever follows from that is done. Nothing is charged by it.
    /// </summary>
    public async Task<Answer<PurchaseCheckBody>> Check(Caller? caller, string accountId, string purchaseId)
    {
        if (Access.Refusal(caller, accountId, Need.Operate) is { } refusal)
            return refusal;
        if (!Names.IsId(purchaseId) || await GrainCalls.Repeat(Purchase(accountId, purchaseId).Get) is null)
            return Refuse.NotFound("purchase");
        logger.LogInformation("Purchase {Account}/{Purchase} is checked for {Operator}", accountId, purchaseId, caller!.UserId);
        var read = await GrainCalls.Repeat(Purchase(accountId, purchaseId).Prompt);
        await GrainCalls.Repeat(async () =>
        {
            await MoneyBack(accountId, purchaseId).Prompt();
            return true;
        });
        var purchase = await GrainCalls.Repeat(Purchase(accountId, purchaseId).Get);
        var moneyBack = await GrainCalls.Repeat(MoneyBack(accountId, purchaseId).Get);
        return new PurchaseCheckBody(read && moneyBack.Settled, purchase!, moneyBack);
    }

    /// <summary>Says that a purchase which waited for a person waits no more, and what was done about it.</summary>
    public async Task<Answer<PurchaseView>> CloseReview(Caller? caller, string accountId, string purchaseId, string reason)
    {
        if (Access.Refusal(caller, accountId, Need.Operate) is { } refusal)
            return refusal;
        if (!Names.IsId(purchaseId))
            return Refuse.NotFound("purchase");
        var outcome = await GrainCalls.Repeat(() => Purchase(accountId, purchaseId).CloseReview(new() { Reason = reason, Actor = caller!.UserId }));
        if (outcome.Problem() is { } problem)
            return problem;
        logger.LogInformation("The review of purchase {Account}/{Purchase} is closed by {Operator}", accountId, purchaseId, caller!.UserId);
        return (await GrainCalls.Repeat(Purchase(accountId, purchaseId).Get))!;
    }

    /// <summary>Gives money back. The refund, or why not.</summary>
    public async Task<Answer<RefundView>> Refund(Caller? caller, string accountId, string purchaseId, string operationId, long? amount, string reason)
    {
        if (Access.Refusal(caller, accountId, Need.Operate) is { } refusal)
            return refusal;
        if (!Names.IsId(purchaseId))
            return Refuse.NotFound("purchase");
        var order = new RefundOrder { OperationId = operationId, Amount = amount, Reason = reason, Actor = caller!.UserId };
        var result = await GrainCalls.Repeat(() => MoneyBack(accountId, purchaseId).Refund(order));
        return result.Problem() is { } problem ? problem : result.Refund!;
    }

    /// <summary>What went back of a purchase, as its owner may see it.</summary>
    internal async Task<MoneyBackBody?> Of(string accountId, PurchaseView purchase) => purchase.Status == PurchaseStatus.Succeeded
        ? MoneyBackBody.Of(await GrainCalls.Repeat(MoneyBack(accountId, purchase.Id).Get), purchase.Total.Currency)
        : null;

    private IPurchaseGrain Purchase(string accountId, string purchaseId) => calls.Grains.GetGrain<IPurchaseGrain>($"{accountId}/{purchaseId}");

    private IMoneyBackGrain MoneyBack(string accountId, string purchaseId) => calls.Grains.GetGrain<IMoneyBackGrain>($"{accountId}/{purchaseId}");
}
