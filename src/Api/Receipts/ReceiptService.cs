using Connect.Api.Application;
using Connect.Api.Auth;
using Connect.Api.Problems;
using Connect.Purchases;
using Microsoft.Extensions.Options;

namespace Connect.Api.Receipts;

/// <summary>The receipts of purchases.</summary>
public sealed class ReceiptService(GrainCalls calls, MoneyBackService moneyBack, IOptionsMonitor<ReceiptOptions> options)
{
    /// <summary>The receipt of a purchase that was paid, as a page of HTML.</summary>
    public async Task<Answer<string>> Get(Caller? caller, string accountId, string purchaseId)
    {
        if (Access.Refusal(caller, accountId, Need.ReadCredits) is { } refusal)
            return refusal;
        if (!Names.IsId(purchaseId) || await GrainCalls.Repeat(calls.Grains.GetGrain<IPurchaseGrain>($"{accountId}/{purchaseId}").Get) is not { } purchase)
            return Refuse.NotFound("purchase");
        if (purchase is not { Status: PurchaseStatus.Succeeded, Price: not null })
            return Refuse.Conflict("no-receipt", "This purchase was not paid, so there is no receipt for it.");
        return options.CurrentValue.Complete
            ? ReceiptPage.Render(options.CurrentValue, accountId, purchase, await moneyBack.Of(accountId, purchase))
            : Refuse.ReceiptsNotConfigured();
    }
}
