namespace Connect.Sandbox.Stripe;

/// <summary>The card page of a checkout session.</summary>
internal static class CardPage
{
    /// <summary>The empty form, or what the bank said against the last card.</summary>
    public static PageAnswer Show(StripeCall call, string sessionId)
    {
        if (call.Unit.Find<StripeCheckoutSession>(sessionId) is not { } session)
            return PageAnswer.Nothing("Page not found", "There is no such card page.", StatusCodes.Status404NotFound);
        if (session.Status != StripeCheckoutSession.Open)
            return Over(session);
        var error = call.Unit.Find<StripeSetupIntent>(session.SetupIntent)?.LastSetupError;
        return PageAnswer.Page(CardForm.Empty.Html(session.CancelUrl, null, error?.Message));
    }

    /// <summary>Saves the card and ends the session; a refused card leaves the session open, with the reason on the page.</summary>
    public static PageAnswer Submit(StripeCall call, string sessionId, CardForm form)
    {
        if (call.Unit.Find<StripeCheckoutSession>(sessionId) is not { } session)
            return PageAnswer.Nothing("Page not found", "There is no such card page.", StatusCodes.Status404NotFound);
        if (session.Status != StripeCheckoutSession.Open)
            return Over(session);
        if (form.Problem() is var (field, problem))
            return PageAnswer.Page(form.Html(session.CancelUrl, field, problem), StatusCodes.Status422UnprocessableEntity);
        var setup = call.Unit.Find<StripeSetupIntent>(session.SetupIntent)!;
        try
        {
            var (month, year) = form.Date()!.Value;
            var method = PaymentMethods.FromCard(call, form.Number, month, year, form.Cvc, new StripeBillingDetails { Name = form.Name });
            if (CardRules.OnAttach(method.Sandbox.Behaviour, method.Card, call.Now) is { } decline)
                throw StripeRefusal.Card(decline, method);
            if (!CardRules.NeedsAuthentication(method.Sandbox.Behaviour, setUp: false))
                return PageAnswer.Go(Complete(call, session, setup, method));

            // The bank wants to see its customer first; the card waits, without a customer, until they come back.
            call.Save(method);
            var bankPage = new StripeRedirect { ReturnUrl = $"{call.PageBase}/checkout/{session.Id}", Url = $"{call.PageBase}/bank/{setup.Id}" };
            call.Save(setup with
            {
                Status = IntentStatus.RequiresAction,
                PaymentMethod = method.Id,
                NextAction = new StripeNextAction { RedirectToUrl = bankPage },
                LastSetupError = null,
            });
            return PageAnswer.Go(bankPage.Url);
        }
        catch (StripeRefusal refusal)
        {
            call.Save(SetupIntents.Refused(setup, refusal.Error));
            var at = refusal.Error.Code is "incorrect_cvc" or "invalid_cvc" ? "cvc" : refusal.Error.Code is "expired_card" ? "expiry" : "number";
            return PageAnswer.Page(form.Html(session.CancelUrl, at, refusal.Error.Message), StatusCodes.Status402PaymentRequired);
        }
    }

    /// <summary>Attaches the card to the session's customer and ends session and setup intent.</summary>
    /// <returns>The merchant's success page.</returns>
    public static string Complete(StripeCall call, StripeCheckoutSession session, StripeSetupIntent setup, StripePaymentMethod method)
    {
        SetupIntents.Complete(call, setup, method);
        call.Save(session with { Status = StripeCheckoutSession.Complete, Url = null });

        // Clients that build addresses may have escaped the braces.
        return session.SuccessUrl
            .Replace("{CHECKOUT_SESSION_ID}", session.Id, StringComparison.Ordinal)
            .Replace("%7BCHECKOUT_SESSION_ID%7D", session.Id, StringComparison.OrdinalIgnoreCase);
    }

    private static PageAnswer Over(StripeCheckoutSession session) => session.Status == StripeCheckoutSession.Complete
        ? PageAnswer.Nothing("Card saved", "This card page has already been used. The card is saved.", StatusCodes.Status200OK)
        : PageAnswer.Nothing("Page expired", "This card page has expired. Go back and ask for a new one.", StatusCodes.Status410Gone);
}
