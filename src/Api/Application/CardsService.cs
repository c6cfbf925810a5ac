using Connect.Api.Auth;
using Connect.Api.Problems;
using Connect.Purchases;

namespace Connect.Api.Application;

/// <summary>Saved cards. Numbers are typed on the payment provider's page only.</summary>
public sealed class CardsService(GrainCalls calls)
{
    /// <summary>The saved cards, the default one first.</summary>
    public async Task<Answer<CardsBody>> List(Caller? caller, string accountId)
    {
        if (Access.Refusal(caller, accountId, Need.ReadCredits) is { } refusal)
            return refusal;
        return new CardsBody(await GrainCalls.Repeat(() => Cards(accountId).List()));
    }

    /// <summary>Opens the hosted page for adding a card.</summary>
    public async Task<Answer<HostedPage>> BeginSetup(Caller? caller, string accountId, string returnUrl, string cancelUrl)
    {
        if (Access.Refusal(caller, accountId, Need.ManageCredits) is { } refusal)
            return refusal;
        var setup = await Cards(accountId).BeginSetup(returnUrl, cancelUrl);
        return new HostedPage(setup.Url);
    }

    /// <summary>
    /// Saves the card that a hosted page ended with; null while it is unfinished. Needs no sign-in: the provider's session id, which nobody can guess,
    /// is the proof, and only a session of this account counts.
    /// </summary>
    public Task<SavedCard?> CompleteSetup(string accountId, string sessionId) => GrainCalls.Repeat(() => Cards(accountId).CompleteSetup(sessionId));

    /// <summary>Saves a payment method that exists at the provider already. Sandbox only; the endpoint sees to that.</summary>
    public async Task<Answer<SavedCard>> Attach(string accountId, string paymentMethodId)
    {
        var result = await Cards(accountId).Attach(paymentMethodId);
        if (result.Card is { } card)
            return card;
        return result.Failure!.Problem() ?? Refuse.Conflict("card-refused", result.Failure!.Message);
    }

    /// <summary>Makes a card the one that is charged when none is named.</summary>
    public async Task<Answer<CardsBody>> SetDefault(Caller? caller, string accountId, string cardId)
    {
        if (Access.Refusal(caller, accountId, Need.ManageCredits) is { } refusal)
            return refusal;
        return await GrainCalls.Repeat(() => Cards(accountId).SetDefault(cardId)) ? await List(caller, accountId) : Refuse.NotFound("saved card");
    }

    /// <summary>Removes a card.</summary>
    public async Task<Answer<CardsBody>> Remove(Caller? caller, string accountId, string cardId)
    {
        if (Access.Refusal(caller, accountId, Need.ManageCredits) is { } refusal)
            return refusal;
        return await Cards(accountId).Remove(cardId) ? await List(caller, accountId) : Refuse.NotFound("saved card");
    }

    private ICardsGrain Cards(string accountId) => calls.Grains.GetGrain<ICardsGrain>(accountId);
}
