using System.Globalization;

namespace Connect.Sandbox.Stripe;

/// <summary>The page of the card's bank, where its customer approves or refuses a payment or the saving of the card.</summary>
internal static class BankPage
{
    /// <summary>The question, while the intent waits for its answer.</summary>
    public static PageAnswer Show(StripeCall call, string intentId) => call.Unit.Find(intentId) switch
    {
        StripePaymentIntent { Status: IntentStatus.RequiresAction } intent => Ask(
            $"Do you approve the payment of {(intent.Amount / 100m).ToString("0.00", CultureInfo.InvariantCulture)} {intent.Currency.ToUpperInvariant()}?"),
        StripeSetupIntent { Status: IntentStatus.RequiresAction } => Ask("Do you approve that this card is saved for later payments?"),
        _ => Nothing(),
    };

    /// <summary>The answer: the payment is tried or the card saved when approved, refused when not; then back to the merchant.</summary>
    public static PageAnswer Submit(StripeCall call, string intentId, bool approved) => call.Unit.Find(intentId) switch
    {
        StripePaymentIntent { Status: IntentStatus.RequiresAction } intent => Pay(call, intent, approved),
        StripeSetupIntent { Status: IntentStatus.RequiresAction } setup => Save(call, setup, approved),
        _ => Nothing(),
    };

    private static PageAnswer Pay(StripeCall call, StripePaymentIntent intent, bool approved)
    {
        var back = intent.NextAction!.RedirectToUrl;
        var method = call.PaymentMethod(intent.PaymentMethod!);
        if (approved)
        {
            var attempt = Attempt.Make(intent, method, offSession: false, authenticated: true, back, call.Ids.Next("ch"), call.Now);
            PaymentIntents.Settle(call, method, attempt);
            intent = attempt.Intent;
        }
        else
        {
            intent = Attempt.Refused(intent, method, Decline.AuthenticationFailed);
            call.Save(intent);
        }

        return Back(back.ReturnUrl, "payment_intent", intent.Id, intent.ClientSecret, intent.Status == IntentStatus.Succeeded);
    }

    private static PageAnswer Save(StripeCall call, StripeSetupIntent setup, bool approved)
    {
        var back = setup.NextAction!.RedirectToUrl;
        var method = call.PaymentMethod(setup.PaymentMethod!);
        var error = Attempt.ErrorOf(Decline.AuthenticationFailed with { Code = "setup_intent_authentication_failure" }, method);
        if (call.Unit.List(new StripeListQuery { Kind = "checkout.session", Parent = setup.Id }) is [StripeCheckoutSession session, ..])
        {
            if (session.Status != StripeCheckoutSession.Open)
                return Nothing();
            if (approved)
                return PageAnswer.Go(CardPage.Complete(call, session, setup, method));
            call.Save(SetupIntents.Refused(setup, error));
            return PageAnswer.Go(session.Url!);
        }

        if (approved)
            SetupIntents.Complete(call, setup, method);
        else
            call.Save(SetupIntents.Refused(setup, error));
        return Back(back.ReturnUrl, "setup_intent", setup.Id, setup.ClientSecret, approved);
    }

    // The parameters that Stripe adds to the merchant's address.
    private static PageAnswer Back(string? returnUrl, string kind, string id, string secret, bool succeeded)
    {
        if (returnUrl is null)
            return PageAnswer.Nothing("Thank you", "You can close this page.", StatusCodes.Status200OK);
        var separator = returnUrl.Contains('?', StringComparison.Ordinal) ? '&' : '?';
        return PageAnswer.Go($"{returnUrl}{separator}{kind}={id}&{kind}_client_secret={secret}&redirect_status={(succeeded ? "succeeded" : "failed")}");
    }

    private static PageAnswer Ask(string question) => PageAnswer.Page(PageHtml.Page("Your bank asks", $"""
        <p class="note">Stripe sandbox: this page stands for the card's bank.</p>
        <p>{PageHtml.Text(question)}</p>
        <form method="post">
        <button type="submit" name="answer" value="approve">Approve</button>
        <button type="submit" name="answer" value="refuse" class="quiet">Refuse</button>
        </form>
        """));

    private static PageAnswer Nothing() =>
        PageAnswer.Nothing("Nothing to approve", "Your bank has no open question here.", StatusCodes.Status404NotFound);
}
