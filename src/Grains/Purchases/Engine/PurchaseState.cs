using Connect.Purchases;

namespace Connect.Grains.Purchases.Engine;

/// <summary>Everything that is remembered of a purchase. Saved before and after each outside call.</summary>
[GenerateSerializer, Immutable, Alias("connect.purchases.state")]
public sealed record PurchaseState
{
    /// <summary>Where it is.</summary>
    [Id(0)] public required PurchasePhase Phase { get; init; }

    /// <summary>Whether auto top-up made it, so that nobody is present.</summary>
    [Id(1)] public bool Automatic { get; init; }

    /// <summary>The frozen price.</summary>
    [Id(2)] public required Price Price { get; init; }

    /// <summary>The quote is refused from this instant on, UTC.</summary>
    [Id(3)] public DateTimeOffset QuoteExpiresAt { get; init; }

    /// <summary>When it was asked for, UTC.</summary>
    [Id(4)] public DateTimeOffset RequestedAt { get; init; }

    /// <summary>Who asked.</summary>
    [Id(5)] public string Actor { get; init; } = "";

    /// <summary>The customer and card to charge; null until an automatic purchase has chosen.</summary>
    [Id(6)] public ChosenCard? Card { get; init; }

    /// <summary>Most that may be charged, minor units; null for no limit.</summary>
    [Id(7)] public long? SpendLimit { get; init; }

    /// <summary>The PaymentIntent, once known.</summary>
    [Id(8)] public string? IntentId { get; init; }

    /// <summary>Which create key is in use, from 1. It grows only when no earlier intent can charge: a spent key made none, or its intent is cancelled.</summary>
    [Id(9)] public int IntentNumber { get; init; } = 1;

    /// <summary>When the first create call with the key in use was made, UTC.</summary>
    [Id(10)] public DateTimeOffset? CreatingSince { get; init; }

    /// <summary>Which confirm key is in use, from 1. It grows when Stripe keeps an error as the key's answer.</summary>
    [Id(11)] public int ConfirmNumber { get; init; } = 1;

    /// <summary>When the first confirm of the intent was sent, UTC.</summary>
    [Id(12)] public DateTimeOffset? ConfirmingSince { get; init; }

    /// <summary>When the bank first wanted the customer, UTC.</summary>
    [Id(13)] public DateTimeOffset? ActionSince { get; init; }

    /// <summary>The bank's page, while it wants the customer.</summary>
    [Id(14)] public string? NextActionUrl { get; init; }

    /// <summary>The create key can not be trusted any more: look for the intent before creating one.</summary>
    [Id(15)] public bool MustFind { get; init; }

    /// <summary>Set while a cancel is tried as a fence: what the purchase becomes once the intent is cancelled.</summary>
    [Id(16)] public PurchasePhase? FenceTo { get; init; }

    /// <summary>Read the intent before the next cancel: none was sent yet, or the last one was refused.</summary>
    [Id(17)] public bool MustRead { get; init; }

    /// <summary>Technical failures since the last progress.</summary>
    [Id(18)] public int Failures { get; init; }

    /// <summary>No outside call before this instant, UTC.</summary>
    [Id(19)] public DateTimeOffset? NotBefore { get; init; }

    /// <summary>Why it failed, in the customer's words.</summary>
    [Id(20)] public PurchaseFailure? Failure { get; init; }

    /// <summary>Whether the account's auto top-up was told of the end.</summary>
    [Id(21)] public bool Told { get; init; }

    /// <summary>What Stripe or a comparison said, for operators; never shown to customers.</summary>
    [Id(22)] public string? Finding { get; init; }

    /// <summary>Stripe or the bank answered the confirm with a definite no, so sending it again is no use.</summary>
    [Id(23)] public bool ConfirmRefused { get; init; }

    /// <summary>Whether the intent is in Stripe's live mode; null before it was first read.</summary>
    [Id(24)] public bool? LiveMode { get; init; }

    /// <summary>What a person did about it, once it waited for one.</summary>
    [Id(25)] public PurchaseReview? Review { get; init; }

    /// <summary>Whether this is an end, with nothing left to do.</summary>
    public bool Ended => Phase switch
    {
        PurchasePhase.Credited => Automatic || Told,
        PurchasePhase.Declined or PurchasePhase.Canceled or PurchasePhase.NeedsReview => !Automatic || Told,
        _ => false,
    };
}
