namespace Connect.Sandbox.Stripe;

/// <summary>What a card's bank answers, decided from the card and the time alone.</summary>
internal static class CardRules
{
    /// <summary>What stops a card from being saved, or null.</summary>
    /// <param name="behaviour">What the card does.</param>
    /// <param name="card">Its dates.</param>
    /// <param name="now">The time of the attempt.</param>
    public static Decline? OnAttach(CardBehaviour behaviour, StripeCard card, DateTimeOffset now) => behaviour switch
    {
        _ when IsExpired(card, now) => Decline.Expired,
        CardBehaviour.Declined => Decline.Generic,
        CardBehaviour.InsufficientFunds => Decline.InsufficientFunds,
        CardBehaviour.Lost => Decline.Lost,
        CardBehaviour.Stolen => Decline.Stolen,
        CardBehaviour.Expired => Decline.Expired,
        CardBehaviour.IncorrectCvc => Decline.IncorrectCvc,
        CardBehaviour.ProcessingError => Decline.ProcessingError,
        _ => null,
    };

    /// <summary>What stops a charge that needs no (further) authentication, or null when it is paid.</summary>
    /// <param name="behaviour">What the card does.</param>
    /// <param name="card">Its dates.</param>
    /// <param name="now">The time of the attempt.</param>
    public static Decline? OnCharge(CardBehaviour behaviour, StripeCard card, DateTimeOffset now) => OnAttach(behaviour, card, now) ?? behaviour switch
    {
        CardBehaviour.DeclinedOnCharge => Decline.Generic,
        CardBehaviour.AuthenticatesThenInsufficientFunds => Decline.InsufficientFunds,
        CardBehaviour.Blocked => Decline.Blocked,
        _ => null,
    };

    /// <summary>True when the bank wants its customer to authenticate a charge.</summary>
    /// <param name="behaviour">What the card does.</param>
    /// <param name="setUp">Whether the card was authenticated for later use.</param>
    public static bool NeedsAuthentication(CardBehaviour behaviour, bool setUp) => behaviour switch
    {
        CardBehaviour.AlwaysAuthenticates => true,
        CardBehaviour.AuthenticatesUnlessSetUp or CardBehaviour.AuthenticatesThenInsufficientFunds => !setUp,
        _ => false,
    };

    /// <summary>True from the first instant (UTC) after the month of expiry.</summary>
    public static bool IsExpired(StripeCard card, DateTimeOffset now) => now.UtcDateTime.Year * 12 + now.UtcDateTime.Month > card.ExpYear * 12 + card.ExpMonth;
}
