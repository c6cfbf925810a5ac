namespace Connect.Sandbox.Stripe;

/// <summary>
/// Stripe's names of test cards, for callers that may not send numbers: each stands for one of <see cref="TestCards"/> and makes a new payment method
/// wherever it is used.
/// </summary>
internal static class TestTokens
{
    private static readonly Dictionary<string, string> Numbers = new(StringComparer.Ordinal)
    {
        ["pm_card_visa"] = "4242424242424242",
        ["pm_card_mastercard"] = "5555555555554444",
        ["pm_card_amex"] = "378282246310005",
        ["pm_card_chargeDeclined"] = "4000000000000002",
        ["pm_card_visa_chargeDeclined"] = "4000000000000002",
        ["pm_card_chargeDeclinedInsufficientFunds"] = "4000000000009995",
        ["pm_card_visa_chargeDeclinedInsufficientFunds"] = "4000000000009995",
        ["pm_card_visa_chargeDeclinedLostCard"] = "4000000000009987",
        ["pm_card_visa_chargeDeclinedStolenCard"] = "4000000000009979",
        ["pm_card_chargeDeclinedExpiredCard"] = "4000000000000069",
        ["pm_card_chargeDeclinedIncorrectCvc"] = "4000000000000127",
        ["pm_card_chargeDeclinedProcessingError"] = "4000000000000119",
        ["pm_card_chargeCustomerFail"] = "4000000000000341",
        ["pm_card_authenticationRequiredOnSetup"] = "4000002500003155",
        ["pm_card_authenticationRequired"] = "4000002760003184",
        ["pm_card_authenticationRequiredChargeDeclinedInsufficientFunds"] = "4000008260003178",
        ["pm_card_radarBlock"] = "4100000000000019",
        ["pm_card_createDispute"] = "4000000000000259",
        ["pm_card_createDisputeProductNotReceived"] = "4000000000002685",
        ["pm_card_createDisputeInquiry"] = "4000000000001976",
        ["pm_card_createIssuerFraudRecord"] = "4000000000005423",
        ["pm_card_pendingRefund"] = "4000000000007726",
        ["pm_card_refundFail"] = "4000000000005126",
    };

    /// <summary>The number that a name stands for, or null when it is no such name.</summary>
    public static string? Number(string name) => Numbers.GetValueOrDefault(name);
}
