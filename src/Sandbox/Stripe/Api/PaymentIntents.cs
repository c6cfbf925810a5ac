using System.Globalization;

namespace Connect.Sandbox.Stripe;

/// <summary><c>/v1/payment_intents</c>.</summary>
internal static class PaymentIntents
{
    private const string Kind = "payment_intent";
    private const long AmountMax = 99_999_999;

    // Stripe's smallest charges, in minor units, for the currencies that the sandbox knows.
    private static readonly Dictionary<string, long> AmountMin = new() { ["aud"] = 50, ["nzd"] = 50, ["usd"] = 50, ["eur"] = 50, ["gbp"] = 30 };

    private static readonly string[] Changeable = [IntentStatus.RequiresPaymentMethod, IntentStatus.RequiresConfirmation, IntentStatus.RequiresAction];

    /// <summary>Makes an intent, and confirms it when asked to.</summary>
    public static StripeAnswer Create(StripeCall call)
    {
        var parameters = call.Parameters;
        var amount = parameters.RequiredInteger("amount");
        var currency = parameters.Required("currency").ToLowerInvariant();
        var id = call.Ids.Next("pi");
        var allowed = call.AllowedTypes();
        var intent = new StripePaymentIntent
        {
            Id = id,
            Created = call.Now.ToUnixTimeSeconds(),
            Amount = amount,
            Currency = currency,
            ClientSecret = $"{id}_{call.Ids.Next("secret")}",
            AllowedPaymentMethodTypes = allowed,
            AutomaticPaymentMethods = allowed is null ? Automatic(parameters) : null,
            Status = IntentStatus.RequiresPaymentMethod,
        };
        parameters.OneOf("capture_method", "automatic", "automatic_async");
        parameters.OneOf("confirmation_method", "automatic");
        intent = Described(call, intent);
        var confirm = parameters.Flag("confirm") == true;
        var confirmation = confirm ? Confirmation.Read(parameters) : null;
        parameters.RefuseUnknown();
        CheckAmount(intent);
        CheckOwner(call, intent);
        return confirmation is null ? call.Put(intent) : Confirm(call, intent, confirmation);
    }

    /// <summary>Shows an intent.</summary>
    public static StripeAnswer Retrieve(StripeCall call, string id)
    {
        call.Parameters.Text("client_secret");
        call.Parameters.RefuseUnknown();
        return StripeAnswer.Ok(call.Get<StripePaymentIntent>(id, Kind).Render());
    }

    /// <summary>Changes an intent. What is paid or cancelled only takes new metadata and a description.</summary>
    public static StripeAnswer Update(StripeCall call, string id)
    {
        var intent = call.Get<StripePaymentIntent>(id, Kind);
        var amount = call.Parameters.Integer("amount") ?? intent.Amount;
        var currency = call.Parameters.Text("currency")?.ToLowerInvariant() ?? intent.Currency;
        var changed = Described(call, intent with { Amount = amount, Currency = currency });
        call.Parameters.RefuseUnknown();
        if (!Changeable.Contains(intent.Status) && changed != intent with { Metadata = changed.Metadata, Description = changed.Description })
            throw StripeRefusal.UnexpectedState(intent, $"This PaymentIntent's parameters could not be updated because it has a status of {intent.Status}.");
        CheckAmount(changed);
        CheckOwner(call, changed);
        return call.Put(changed);
    }

    /// <summary>Asks the card's bank, once: what is paid or cancelled is refused.</summary>
    public static StripeAnswer Confirm(StripeCall call, string id)
    {
        var intent = call.Get<StripePaymentIntent>(id, Kind);
        var methodId = call.MethodId(call.Parameters.Text("payment_method")) ?? intent.PaymentMethod;
        var confirmation = Confirmation.Read(call.Parameters);
        intent = intent with
        {
            ReceiptEmail = call.Parameters.Change("receipt_email", intent.ReceiptEmail),
            SetupFutureUsage = call.Parameters.ChangeOneOf("setup_future_usage", intent.SetupFutureUsage, "on_session", "off_session"),
            AllowedPaymentMethodTypes = call.AllowedTypes() ?? intent.AllowedPaymentMethodTypes,
        };
        call.Parameters.Text("client_secret");
        call.Parameters.RefuseUnknown();
        if (intent.Status == IntentStatus.Succeeded)
            throw StripeRefusal.UnexpectedState(intent, "You cannot confirm this PaymentIntent because it has already succeeded after being previously confirmed.");
        if (intent.Status == IntentStatus.Canceled)
            throw StripeRefusal.UnexpectedState(intent, "You cannot confirm this PaymentIntent because it has a status of canceled.");
        if (methodId is null)
        {
            throw StripeRefusal.UnexpectedState(
                intent,
                "You cannot confirm this PaymentIntent because it's missing a payment method. To confirm the PaymentIntent, specify a payment method.");
        }

        intent = intent with { PaymentMethod = methodId };
        CheckOwner(call, intent);
        return Confirm(call, intent, confirmation);
    }

    /// <summary>Gives an intent up for good; what is paid or cancelled is refused.</summary>
    public static StripeAnswer Cancel(StripeCall call, string id)
    {
        var intent = call.Get<StripePaymentIntent>(id, Kind);
        var reason = call.Parameters.OneOf("cancellation_reason", "duplicate", "fraudulent", "requested_by_customer", "abandoned");
        call.Parameters.RefuseUnknown();
        if (!Changeable.Contains(intent.Status))
        {
            throw StripeRefusal.UnexpectedState(
                intent,
                $"You cannot cancel this PaymentIntent because it has a status of {intent.Status}. Only a PaymentIntent with one of the following statuses "
                + $"may be canceled: {string.Join(", ", Changeable)}.");
        }

        return call.Put(intent with
        {
            Status = IntentStatus.Canceled,
            CanceledAt = call.Now.ToUnixTimeSeconds(),
            CancellationReason = reason,
            NextAction = null,
        });
    }

    /// <summary>Lists intents, of one customer or all.</summary>
    public static StripeAnswer List(StripeCall call) => call.Page("/v1/payment_intents", Kind, call.Parameters.Text("customer"));

    private static StripeAnswer Confirm(StripeCall call, StripePaymentIntent intent, Confirmation confirmation)
    {
        if (intent.PaymentMethod is null)
            throw StripeRefusal.Invalid("parameter_missing", "You must provide a payment method to confirm a PaymentIntent.", "payment_method");
        if (confirmation.ReturnUrl is null && !confirmation.OffSession && intent.AllowedPaymentMethodTypes is null && intent.AutomaticPaymentMethods is
            { Enabled: true, AllowRedirects: "always" })
        {
            throw StripeRefusal.Invalid(
                null,
                "This PaymentIntent accepts payment methods that might redirect the payer off your page, so you must provide a `return_url`. "
                + "To accept no such methods, set allowed_payment_method_types[] to card, or automatic_payment_methods[allow_redirects] to never.",
                "return_url");
        }

        var method = call.PaymentMethod(intent.PaymentMethod);
        var bankPage = new StripeRedirect { ReturnUrl = confirmation.ReturnUrl, Url = $"{call.PageBase}/bank/{intent.Id}" };
        return Settle(call, method, Attempt.Make(
            intent, method, confirmation.OffSession || confirmation.ErrorOnRequiresAction, authenticated: false, bankPage, call.Ids.Next("ch"), call.Now));
    }

    /// <summary>
    /// Writes what an attempt led to, and answers with it: 200, or 402 with the intent as it now stands. A card that was paid with for
    /// <c>setup_future_usage=off_session</c> is kept for its customer, authenticated for later.
    /// </summary>
    public static StripeAnswer Settle(StripeCall call, StripePaymentMethod method, Attempt attempt)
    {
        call.Save(attempt.Intent);
        if (attempt.Charge is not null)
            call.Save(attempt.Charge);
        if (attempt is { Charge: { Paid: true } charge } && AfterPayment.Of(method.Sandbox.Behaviour) is { } consequence)
            call.Unit.Plan(call.Now + AfterPayment.Delay, consequence, charge.Id);
        if (attempt is { Intent: { Status: IntentStatus.Succeeded, SetupFutureUsage: "off_session" } paid })
            call.Save(method with { Customer = method.Customer ?? paid.Customer, Sandbox = method.Sandbox with { SetUp = true } });
        if (attempt.Decline is null)
            return StripeAnswer.Ok(attempt.Intent.Render());
        return StripeAnswer.Refused(402, Attempt.ErrorOf(attempt.Decline, method) with { Charge = attempt.Charge?.Id, PaymentIntent = attempt.Intent.Render() });
    }

    private static StripePaymentIntent Described(StripeCall call, StripePaymentIntent intent)
    {
        var parameters = call.Parameters;
        var methodId = call.MethodId(parameters.Change("payment_method", intent.PaymentMethod));
        return intent with
        {
            Customer = parameters.Text("customer") ?? intent.Customer,
            PaymentMethod = methodId,
            Status = methodId == intent.PaymentMethod ? intent.Status
                : methodId is null ? IntentStatus.RequiresPaymentMethod : IntentStatus.RequiresConfirmation,
            NextAction = methodId == intent.PaymentMethod ? intent.NextAction : null,
            Description = parameters.Change("description", intent.Description),
            ReceiptEmail = parameters.Change("receipt_email", intent.ReceiptEmail),
            SetupFutureUsage = parameters.ChangeOneOf("setup_future_usage", intent.SetupFutureUsage, "on_session", "off_session"),
            StatementDescriptor = parameters.Change("statement_descriptor", intent.StatementDescriptor),
            StatementDescriptorSuffix = parameters.Change("statement_descriptor_suffix", intent.StatementDescriptorSuffix),
            Metadata = parameters.Metadata(intent.Metadata),
        };
    }

    private static StripeAutomaticPaymentMethods Automatic(StripeParameters parameters)
    {
        var group = parameters.Group("automatic_payment_methods");
        return new StripeAutomaticPaymentMethods
        {
            Enabled = group?.Flag("enabled") ?? true,
            AllowRedirects = group?.OneOf("allow_redirects", "always", "never") ?? "always",
        };
    }

    private static void CheckAmount(StripePaymentIntent intent)
    {
        if (!AmountMin.TryGetValue(intent.Currency, out var min))
            throw StripeRefusal.Invalid(null, $"Invalid currency: {intent.Currency}. The sandbox knows {string.Join(", ", AmountMin.Keys)}.", "currency");
        if (intent.Amount < 1)
            throw StripeRefusal.Invalid("parameter_invalid_integer", "This value must be greater than or equal to 1.", "amount");
        if (intent.Amount < min)
        {
            var text = (min / 100m).ToString("0.00", CultureInfo.InvariantCulture);
            throw StripeRefusal.Invalid("amount_too_small", $"Amount must be at least ${text} {intent.Currency}", "amount");
        }

        if (intent.Amount > AmountMax)
            throw StripeRefusal.Invalid("amount_too_large", "Amount must be no more than $999,999.99", "amount");
    }

    private static void CheckOwner(StripeCall call, StripePaymentIntent intent)
    {
        if (intent.Customer is not null)
            call.Customer(intent.Customer);
        if (intent.PaymentMethod is null)
            return;
        var method = call.PaymentMethod(intent.PaymentMethod);
        if (method.Sandbox.Detached)
            throw PaymentMethods.Detached();
        if (method.Customer is not null && method.Customer != intent.Customer)
        {
            throw StripeRefusal.Invalid(
                null,
                intent.Customer is null
                    ? $"The PaymentMethod {method.Id} belongs to a Customer. Please include the Customer in the `customer` parameter."
                    : $"The customer does not have a payment method with the ID {method.Id}. The payment method must be attached to the customer.",
                "payment_method");
        }
    }

    /// <summary>How a confirmation is to be made.</summary>
    private sealed record Confirmation(bool OffSession, bool ErrorOnRequiresAction, string? ReturnUrl)
    {
        public static Confirmation Read(StripeParameters parameters)
        {
            var card = parameters.Group("payment_method_options")?.Group("card");
            card?.OneOf("stored_credential_usage", "recurring", "unscheduled");
            card?.OneOf("setup_credential_usage", "recurring", "unscheduled");
            card?.OneOf("request_three_d_secure", "automatic");
            return new(parameters.Flag("off_session") == true, parameters.Flag("error_on_requires_action") == true, parameters.Text("return_url"));
        }
    }
}
