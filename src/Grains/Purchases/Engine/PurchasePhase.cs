namespace Connect.Grains.Purchases.Engine;

/// <summary>Where a purchase is. It is stored by number: add at the end, never reorder.</summary>
public enum PurchasePhase
{
    /// <summary>A price is frozen; nobody said yes yet, so it is not a purchase.</summary>
    Quoted,

    /// <summary>Asked for; a PaymentIntent is to be created, and may have been. One that is not confirmed charges nothing.</summary>
    Requested,

    /// <summary>The PaymentIntent's id is saved, it is not confirmed, and no call that could change it is under way.</summary>
    IntentCreated,

    /// <summary>A confirm or a cancel was sent, or is about to be: only reading the intent tells how it ended.</summary>
    Confirming,

    /// <summary>The bank wants the customer on its own page (manual purchases only).</summary>
    RequiresAction,

    /// <summary>Charged; the credits are owed until the account has them.</summary>
    Paid,

    /// <summary>Charged, and the credits are in the ledger. The end.</summary>
    Credited,

    /// <summary>Ended without a charge: the bank said no, or we did before asking it. The end, unless the intent turns out to be paid.</summary>
    Declined,

    /// <summary>Ended without a charge because time ran out, or someone cancelled the intent. The end, unless the intent turns out to be paid.</summary>
    Canceled,

    /// <summary>What Stripe has is not what was asked for, or Stripe refused the request itself: an operator must look. The end.</summary>
    NeedsReview,
}
