using Connect.Accounts;
using Connect.Api.Auth;
using Connect.Api.Problems;
using Connect.Purchases;
using Orleans.Runtime;

namespace Connect.Api.Application;

/// <summary>Saved cards. Numbers are typed on the payment provider's page only.</summary>
public sealed class CardsService(GrainCalls calls, TimeProvider time, ILogger<CardsService> logger)
{
    /// <summary>The saved cards, the default one first.</summary>
    public async Task<Answer<CardsBody>> List(Caller? caller, string accountId)
    {
        if (Access.Refusal(caller, accountId, Need.ReadCredits) is { } refusal)
            return refusal;
        return new CardsBody(CardBody.Of(await GrainCalls.Repeat(() => Cards(accountId).List()), time.GetUtcNow()));
    }

    /// <summary>Opens the hosted page for adding a card.</summary>
    public async Task<Answer<HostedPage>> BeginSetup(Caller? caller, string accountId, string returnUrl, string cancelUrl)
    {
        if (Access.Refusal(caller, accountId, Need.ManageCredits) is { } refusal)
            return refusal;
        return (await AskProvider(() => Cards(accountId).BeginSetup(returnUrl, cancelUrl))).Then(setup => new HostedPage(setup.Url));
    }

    /// <summary>
    /// The customer came back from a hosted page: saves the card that it ended with, if it is finished and the provider says so now. Needs no sign-in: the provider's session
    /// id, which nobody can guess, is the proof, and only a session of this account counts.
    /// </summary>
    public async Task CameBack(string accountId, string sessionId)
    {
        try
        {
            await Cards(accountId).CompleteSetup(sessionId);
        }
        catch (Exception exception) when (exception is AccountUnavailableException or OrleansException or TimeoutException)
        {
            logger.LogWarning(exception, "The card of session {Session} could not be saved for {Account} yet; its event saves it", sessionId, accountId);
        }
    }

    /// <summary>Saves a payment method that exists at the provider already. Sandbox only; the endpoint sees to that.</summary>
    public async Task<Answer<CardBody>> Attach(string accountId, string paymentMethodId)
    {
        var answer = await AskProvider(() => Cards(accountId).Attach(paymentMethodId));
        if (answer.Problem is { } unavailable)
            return unavailable;
        if (answer.Value.Card is { } card)
            return CardBody.Of(card, time.GetUtcNow());
        var failure = answer.Value.Failure!;
        return failure.Problem() ?? Refuse.Conflict("card-refused", failure.Message);
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

    /// <summary>Calls that wait for the provider: the grain has repeated them already, so a failure is the provider's.</summary>
    private static async Task<Answer<T>> AskProvider<T>(Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (Exception exception) when (exception is AccountUnavailableException or TimeoutException)
        {
            return Refuse.PaymentProviderUnavailable();
        }
    }

    private ICardsGrain Cards(string accountId) => calls.Grains.GetGrain<ICardsGrain>(accountId);
}
