using System.Globalization;
using Connect.Accounts;
using Connect.Api.Auth;
using Connect.Api.Problems;
using Connect.Purchases;

namespace Connect.Api.Application;

/// <summary>Credits, their ledger and their price.</summary>
public sealed class CreditsService(GrainCalls calls, IIds ids)
{
    /// <summary>Largest page of the ledger.</summary>
    public const int MaxPage = 1_000;

    /// <summary>What the account has.</summary>
    public async Task<Answer<CreditsBody>> GetCredits(Caller? caller, string accountId)
    {
        if (Access.Refusal(caller, accountId, Need.ReadCredits) is { } refusal)
            return refusal;
        var view = await GrainCalls.Repeat(() => calls.Account(accountId).GetCredits());
        return view.Sequence == 0 ? Refuse.NotFound("account") : await Body(calls, accountId, view);
    }

    /// <summary>A page of the ledger, oldest first: entries after a sequence.</summary>
    public async Task<Answer<LedgerPage>> GetLedger(Caller? caller, string accountId, long after, int limit)
    {
        if (Access.Refusal(caller, accountId, Need.ReadCredits) is { } refusal)
            return refusal;
        if (after < 0)
            return Refuse.Validation("after", "'after' is the nextCursor of the page before; it is never negative.");
        if (limit is < 1 or > MaxPage)
            return Refuse.Validation("limit", $"'limit' is 1 to {MaxPage}.");
        var page = await GrainCalls.Repeat(() => calls.Account(accountId).ReadLedger(after, limit));
        if (page.Entries.IsEmpty && (await GrainCalls.Repeat(() => calls.Account(accountId).GetCredits())).Sequence == 0)
            return Refuse.NotFound("account");
        return page;
    }

    /// <summary>The price list that is in force.</summary>
    public Task<PriceListView> GetPricing() => GrainCalls.Repeat(() => calls.Grains.GetGrain<IPricingGrain>(0).Get());

    /// <summary>The price of a quantity, not frozen; a validation problem outside the list's bounds. For a price that is shown while somebody types.</summary>
    public async Task<Answer<Price>> GetPrice(Caller? caller, string accountId, long credits)
    {
        if (Access.Refusal(caller, accountId, Need.ReadCredits) is { } refusal)
            return refusal;
        return await GrainCalls.Repeat(() => calls.Grains.GetGrain<IPricingGrain>(0).Price(credits)) is { } price ? price : await OutOfBounds(calls);
    }

    /// <summary>Freezes a price for 15 minutes.</summary>
    public async Task<Answer<QuoteBody>> Quote(Caller? caller, string accountId, long credits)
    {
        if (Access.Refusal(caller, accountId, Need.ManageCredits) is { } refusal)
            return refusal;
        var id = ids.New();
        var quote = await GrainCalls.Repeat(() => calls.Grains.GetGrain<IPurchaseGrain>($"{accountId}/{id}").Quote(credits));
        if (quote is null)
            return await OutOfBounds(calls);
        var price = quote.Price;
        return new QuoteBody(quote.Id, price.Credits, price.UnitPrice, price.Subtotal, price.Tax, price.Total, quote.ExpiresAt, price.Nudge);
    }

    internal static async Task<CreditsBody> Body(GrainCalls calls, string accountId, CreditsView view) =>
        new(view.Available, view.Batches, await AutoTopUpService.Body(calls, accountId, view.AutoTopUp, view.AsOf), view.Totals, view.AsOf, view.Sequence);

    internal static async Task<Problem> OutOfBounds(GrainCalls calls)
    {
        var list = await GrainCalls.Repeat(() => calls.Grains.GetGrain<IPricingGrain>(0).Get());
        return Refuse.Validation("credits", string.Create(CultureInfo.InvariantCulture, $"One purchase is {list.MinCredits:N0} to {list.MaxCredits:N0} credits."));
    }
}
