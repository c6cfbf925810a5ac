namespace Connect.Sandbox.Stripe;

/// <summary><c>/v1/setup_intents</c>: those of checkout sessions, and those that a caller makes itself.</summary>
internal static class SetupIntents
{
    private const string Kind = "setup_intent";

    /// <summary>Makes a setup intent, and confirms it when asked to.</summary>
    public static StripeAnswer Create(StripeCall call)
    {
        var parameters = call.Parameters;
        call.AllowedTypes();
        var automatic = parameters.Group("automatic_payment_methods");
        automatic?.Flag("enabled");
        automatic?.OneOf("allow_redirects", "always", "never");
        var id = call.Ids.Next("seti");
        var setup = Described(call, new StripeSetupIntent
        {
            Id = id,
            Created = call.Now.ToUnixTimeSeconds(),
            ClientSecret = $"{id}_{call.Ids.Next("secret")}",
            Status = IntentStatus.RequiresPaymentMethod,
            Usage = parameters.OneOf("usage", "off_session", "on_session") ?? "off_session",
        });
        var confirm = parameters.Flag("confirm") == true;
        var returnUrl = confirm ? parameters.Text("return_url") : null;
        parameters.RefuseUnknown();
        CheckOwner(call, setup);
        return confirm ? Confirm(call, setup, returnUrl) : call.Put(setup);
    }

    /// <summary>Shows a setup intent.</summary>
    public static StripeAnswer Retrieve(StripeCall call, string id)
    {
        call.Parameters.Text("client_secret");
        call.Parameters.RefuseUnknown();
        return StripeAnswer.Ok(call.Get<StripeSetupIntent>(id, Kind).Render());
    }

    /// <summary>Changes a setup intent that is not over.</summary>
    public static StripeAnswer Update(StripeCall call, string id)
    {
        var setup = call.Get<StripeSetupIntent>(id, Kind);
        var changed = Described(call, setup);
        call.Parameters.RefuseUnknown();
        if (IsOver(setup) && changed != setup with { Metadata = changed.Metadata, Description = changed.Description })
            throw StripeRefusal.UnexpectedState(setup, $"This SetupIntent's parameters could not be updated because it has a status of {setup.Status}.");
        CheckOwner(call, changed);
        return call.Put(changed);
    }

    /// <summary>Asks the card's bank; what is over is refused.</summary>
    public static StripeAnswer Confirm(StripeCall call, string id)
    {
        var setup = call.Get<StripeSetupIntent>(id, Kind);
        var methodId = call.MethodId(call.Parameters.Text("payment_method")) ?? setup.PaymentMethod;
        var returnUrl = call.Parameters.Text("return_url");
        call.Parameters.Text("client_secret");
        call.Parameters.RefuseUnknown();
        if (IsOver(setup))
            throw StripeRefusal.UnexpectedState(setup, $"You cannot confirm this SetupIntent because it has a status of {setup.Status}.");
        setup = setup with { PaymentMethod = methodId };
        CheckOwner(call, setup);
        return Confirm(call, setup, returnUrl);
    }

    /// <summary>Gives a setup intent up for good; what is over is refused.</summary>
    public static StripeAnswer Cancel(StripeCall call, string id)
    {
        var setup = call.Get<StripeSetupIntent>(id, Kind);
        var reason = call.Parameters.OneOf("cancellation_reason", "abandoned", "duplicate", "requested_by_customer");
        call.Parameters.RefuseUnknown();
        return IsOver(setup)
            ? throw StripeRefusal.UnexpectedState(setup, $"You cannot cancel this SetupIntent because it has a status of {setup.Status}.")
            : call.Put(setup with { Status = IntentStatus.Canceled, CancellationReason = reason, NextAction = null });
    }

    /// <summary>Lists setup intents, of one customer or all.</summary>
    public static StripeAnswer List(StripeCall call) => call.Page("/v1/setup_intents", Kind, call.Parameters.Text("customer"));

    /// <summary>The card is saved: it is its customer's, and good for payments without them.</summary>
    public static StripeSetupIntent Complete(StripeCall call, StripeSetupIntent setup, StripePaymentMethod method)
    {
        call.Save(method with { Customer = setup.Customer, Sandbox = method.Sandbox with { SetUp = true } });
        setup = setup with { Status = IntentStatus.Succeeded, PaymentMethod = method.Id, NextAction = null, LastSetupError = null };
        call.Save(setup);
        return setup;
    }

    /// <summary>The setup intent after a refusal: it wants another card, and says why.</summary>
    public static StripeSetupIntent Refused(StripeSetupIntent setup, StripeError error) =>
        setup with { Status = IntentStatus.RequiresPaymentMethod, PaymentMethod = null, NextAction = null, LastSetupError = error };

    private static bool IsOver(StripeSetupIntent setup) => setup.Status is IntentStatus.Succeeded or IntentStatus.Canceled;

    private static StripeAnswer Confirm(StripeCall call, StripeSetupIntent setup, string? returnUrl)
    {
        if (setup.PaymentMethod is null)
        {
            throw StripeRefusal.UnexpectedState(
                setup, "You cannot confirm this SetupIntent because it's missing a payment method. Update the SetupIntent with one, and then confirm it again.");
        }

        var method = call.PaymentMethod(setup.PaymentMethod);
        if (CardRules.OnAttach(method.Sandbox.Behaviour, method.Card, call.Now) is { } decline)
        {
            var error = Attempt.ErrorOf(decline, method);
            setup = Refused(setup, error);
            call.Save(setup);
            return StripeAnswer.Refused(402, error with { SetupIntent = setup.Render() });
        }

        if (!CardRules.NeedsAuthentication(method.Sandbox.Behaviour, setUp: false))
            return StripeAnswer.Ok(Complete(call, setup, method).Render());
        return call.Put(setup with
        {
            Status = IntentStatus.RequiresAction,
            NextAction = new StripeNextAction { RedirectToUrl = new StripeRedirect { ReturnUrl = returnUrl, Url = $"{call.PageBase}/bank/{setup.Id}" } },
            LastSetupError = null,
        });
    }

    private static StripeSetupIntent Described(StripeCall call, StripeSetupIntent setup)
    {
        var methodId = call.MethodId(call.Parameters.Change("payment_method", setup.PaymentMethod));
        return setup with
        {
            Customer = call.Parameters.Text("customer") ?? setup.Customer,
            PaymentMethod = methodId,
            Status = methodId == setup.PaymentMethod ? setup.Status
                : methodId is null ? IntentStatus.RequiresPaymentMethod : IntentStatus.RequiresConfirmation,
            Description = call.Parameters.Change("description", setup.Description),
            Metadata = call.Parameters.Metadata(setup.Metadata),
        };
    }

    private static void CheckOwner(StripeCall call, StripeSetupIntent setup)
    {
        if (setup.Customer is not null)
            call.Customer(setup.Customer);
        if (setup.PaymentMethod is null)
            return;
        var method = call.PaymentMethod(setup.PaymentMethod);
        if (method.Sandbox.Detached)
            throw PaymentMethods.Detached();
        if (method.Customer is not null && method.Customer != setup.Customer)
        {
            throw StripeRefusal.Invalid(
                null, $"The customer does not have a payment method with the ID {method.Id}. The payment method must be attached to the customer.", "payment_method");
        }
    }
}
