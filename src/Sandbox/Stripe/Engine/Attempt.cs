namespace Connect.Sandbox.Stripe;

/// <summary>What one attempt to charge a card leads to.</summary>
/// <param name="Intent">The intent afterwards.</param>
/// <param name="Charge">The charge it made, failed ones included, or null when the bank has to see its customer first.</param>
/// <param name="Decline">Why it was refused, or null.</param>
internal sealed record Attempt(StripePaymentIntent Intent, StripeCharge? Charge, Decline? Decline)
{
    /// <summary>Asks the card's bank, now.</summary>
    /// <param name="intent">The intent, with everything that the confirmation changed.</param>
    /// <param name="method">The card.</param>
    /// <param name="offSession">True when the payer is not there (or the caller wants no page for them): authentication is then a decline.</param>
    /// <param name="authenticated">True when the payer has just been at the bank's page.</param>
    /// <param name="bankPage">The page to send the payer to when the bank asks for it.</param>
    /// <param name="chargeId">Id for the charge, if one is made.</param>
    /// <param name="now">The time of the attempt.</param>
    public static Attempt Make(
        StripePaymentIntent intent, StripePaymentMethod method, bool offSession, bool authenticated, StripeRedirect bankPage, string chargeId, DateTimeOffset now)
    {
        // A card past its date is refused before its bank asks for anything else.
        var needsAuthentication = !authenticated && CardRules.NeedsAuthentication(method.Sandbox.Behaviour, method.Sandbox.SetUp)
            && !CardRules.IsExpired(method.Card, now);
        if (needsAuthentication && !offSession)
        {
            var waiting = intent with
            {
                Status = IntentStatus.RequiresAction,
                NextAction = new StripeNextAction { RedirectToUrl = bankPage },
                PaymentMethod = method.Id,
                LastPaymentError = null,
            };
            return new(waiting, null, null);
        }

        var decline = needsAuthentication ? Decline.AuthenticationRequired : CardRules.OnCharge(method.Sandbox.Behaviour, method.Card, now);
        var charge = ChargeOf(intent, method, decline, chargeId, now);
        var after = decline is null
            ? intent with
            {
                Status = IntentStatus.Succeeded,
                AmountReceived = intent.Amount,
                LatestCharge = chargeId,
                LastPaymentError = null,
                NextAction = null,
                PaymentMethod = method.Id,
            }
            : Refused(intent, method, decline) with { LatestCharge = chargeId };
        if (after.LastPaymentError is { } error)
            after = after with { LastPaymentError = error with { Charge = chargeId } };
        return new(after, charge, decline);
    }

    /// <summary>The intent after a refusal: it wants another card, and says why.</summary>
    public static StripePaymentIntent Refused(StripePaymentIntent intent, StripePaymentMethod method, Decline decline) => intent with
    {
        Status = IntentStatus.RequiresPaymentMethod,
        PaymentMethod = null,
        NextAction = null,
        LastPaymentError = ErrorOf(decline, method),
    };

    /// <summary>A decline as the API reports it.</summary>
    public static StripeError ErrorOf(Decline decline, StripePaymentMethod? method) => new()
    {
        Type = "card_error",
        Code = decline.Code,
        DeclineCode = decline.DeclineCode,
        AdviceCode = decline.AdviceCode,
        Message = decline.Message,
        PaymentMethod = method?.Render(),
    };

    private static StripeCharge ChargeOf(StripePaymentIntent intent, StripePaymentMethod method, Decline? decline, string chargeId, DateTimeOffset now) => new()
    {
        Id = chargeId,
        Created = now.ToUnixTimeSeconds(),
        Metadata = intent.Metadata,
        Amount = intent.Amount,
        AmountCaptured = decline is null ? intent.Amount : 0,
        Captured = decline is null,
        BillingDetails = method.BillingDetails,
        Currency = intent.Currency,
        Customer = intent.Customer,
        Description = intent.Description,
        FailureCode = decline?.Code,
        FailureMessage = decline?.Message,
        Outcome = OutcomeOf(decline),
        Paid = decline is null,
        PaymentIntent = intent.Id,
        PaymentMethod = method.Id,
        PaymentMethodDetails = new StripePaymentMethodDetails { Card = StripeChargeCard.Of(method.Card) },
        ReceiptEmail = intent.ReceiptEmail,
        Status = decline is null ? "succeeded" : "failed",
    };

    private static StripeOutcome OutcomeOf(Decline? decline)
    {
        var blocked = decline == Decline.Blocked;
        return new StripeOutcome
        {
            AdviceCode = decline?.AdviceCode,
            NetworkStatus = decline is null ? "approved_by_network" : blocked ? "not_sent_to_network" : "declined_by_network",
            Reason = blocked ? "highest_risk_level" : decline?.DeclineCode,
            RiskLevel = blocked ? "highest" : "normal",
            SellerMessage = decline is null ? "Payment complete." : blocked ? "Stripe blocked this payment as too risky." : "The bank declined the payment.",
            Type = decline is null ? "authorized" : blocked ? "blocked" : "issuer_declined",
        };
    }
}
