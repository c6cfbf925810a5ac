using System.Collections.Immutable;

namespace Connect.Purchases;

/// <summary>An account's Stripe customer and its saved cards. Key: the account id. No card number ever comes here.</summary>
[Alias("connect.purchases.ICardsGrain")]
public interface ICardsGrain : IGrainWithStringKey
{
    /// <summary>Opens Stripe's hosted page for adding a card. The customer comes back to <paramref name="returnUrl"/> with <c>session_id</c> in its query.</summary>
    [Alias("begin-setup")] Task<CardSetup> BeginSetup(string returnUrl, string cancelUrl);

    /// <summary>
    /// Reads how the hosted page ended, by the id of its session or of its setup intent, and saves the card as the default. A card that is saved already and is the same physical one makes
    /// way for it. Null while the page is not finished, for a page of another account, and for a card that was removed since. Repeating it is harmless.
    /// </summary>
    [Alias("complete-setup")] Task<SavedCard?> CompleteSetup(string sessionOrSetupIntentId);

    /// <summary>
    /// Reads a saved card again, because its bank may have sent a new one. A default card that did change arms a suspended auto top-up again.
    /// False if it is not saved here. Repeating it is harmless.
    /// </summary>
    [Alias("refresh")] Task<bool> Refresh(string cardId);

    /// <summary>Saves a payment method that exists at Stripe (the sandbox's shortcut for tests). It becomes the default card.</summary>
    [Alias("attach")] Task<AttachResult> Attach(string paymentMethodId);

    /// <summary>The saved cards, the default one first.</summary>
    [Alias("list")] Task<ImmutableArray<SavedCard>> List();

    /// <summary>Makes a card the default. False if it is not saved here.</summary>
    [Alias("set-default")] Task<bool> SetDefault(string cardId);

    /// <summary>Removes a card. False if it is not saved here.</summary>
    [Alias("remove")] Task<bool> Remove(string cardId);

    /// <summary>The Stripe customer and the card to charge: the named one, or the default. Null when there is none.</summary>
    [Alias("choose")] Task<ChosenCard?> Choose(string? cardId);
}

/// <summary>A hosted page to add a card on.</summary>
[GenerateSerializer, Immutable, Alias("connect.purchases.card-setup")]
public sealed record CardSetup
{
    /// <summary>Stripe's session.</summary>
    [Id(0)] public required string SessionId { get; init; }

    /// <summary>Where to send the customer.</summary>
    [Id(1)] public required string Url { get; init; }
}

/// <summary>A saved card, as much of it as may be shown.</summary>
[GenerateSerializer, Immutable, Alias("connect.purchases.saved-card")]
public sealed record SavedCard
{
    /// <summary>Stripe's payment method id.</summary>
    [Id(0)] public required string Id { get; init; }

    /// <summary>Such as visa.</summary>
    [Id(1)] public required string Brand { get; init; }

    /// <summary>Last four digits.</summary>
    [Id(2)] public required string Last4 { get; init; }

    /// <summary>1 to 12.</summary>
    [Id(3)] public required int ExpMonth { get; init; }

    /// <summary>Four digits.</summary>
    [Id(4)] public required int ExpYear { get; init; }

    /// <summary>Whether it is charged when no card is named.</summary>
    [Id(5)] public required bool IsDefault { get; init; }

    /// <summary>Stripe's mark of the physical card, the same whenever it is added; null for a card that was saved before this was kept.</summary>
    [Id(6)] public string? Fingerprint { get; init; }

    /// <summary>Whether it is past its date: a card is good to the end of its month, UTC.</summary>
    public bool IsExpiredAt(DateTimeOffset time) => (ExpYear * 12) + ExpMonth < (time.UtcDateTime.Year * 12) + time.UtcDateTime.Month;
}

/// <summary>How saving a card ended: the card, or why the bank did not accept it.</summary>
[GenerateSerializer, Immutable, Alias("connect.purchases.attach-result")]
public sealed record AttachResult
{
    /// <summary>The saved card, if accepted.</summary>
    [Id(0)] public SavedCard? Card { get; init; }

    /// <summary>Why not, if not.</summary>
    [Id(1)] public PurchaseFailure? Failure { get; init; }
}

/// <summary>What a charge needs.</summary>
[GenerateSerializer, Immutable, Alias("connect.purchases.chosen-card")]
public sealed record ChosenCard
{
    /// <summary>Stripe's customer id.</summary>
    [Id(0)] public required string CustomerId { get; init; }

    /// <summary>The card.</summary>
    [Id(1)] public required SavedCard Card { get; init; }

    /// <summary>When the owner last made it the default or changed it, UTC; null when it is not the default, or came to that because another card was removed.</summary>
    [Id(2)] public DateTimeOffset? Since { get; init; }
}
