namespace Connect.Sandbox.Stripe;

/// <summary>What a card's bank does after a payment or a refund.</summary>
internal static class AfterPayment
{
    /// <summary>How long after the payment, or the refund, it happens.</summary>
    public static readonly TimeSpan Delay = TimeSpan.FromSeconds(1);

    /// <summary>What follows a payment, or null.</summary>
    public static LaterKind? Of(CardBehaviour behaviour) => behaviour switch
    {
        CardBehaviour.Disputed => LaterKind.DisputeAsFraud,
        CardBehaviour.DisputedNotReceived => LaterKind.DisputeAsNotReceived,
        CardBehaviour.Inquired => LaterKind.Inquire,
        CardBehaviour.FraudWarned => LaterKind.WarnOfFraud,
        _ => null,
    };

    /// <summary>What follows a refund, or null.</summary>
    public static LaterKind? OfRefund(CardBehaviour behaviour) => behaviour switch
    {
        CardBehaviour.RefundsLater => LaterKind.SettleRefund,
        CardBehaviour.RefundFails => LaterKind.FailRefund,
        _ => null,
    };
}
