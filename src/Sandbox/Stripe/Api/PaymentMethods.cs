using System.Security.Cryptography;
using System.Text;

namespace Connect.Sandbox.Stripe;

/// <summary><c>/v1/payment_methods</c>: cards only.</summary>
internal static class PaymentMethods
{
    /// <summary>Makes a payment method from a card's number and dates. Its bank is not asked before it is attached or charged.</summary>
    public static StripeAnswer Create(StripeCall call)
    {
        call.Parameters.OneOf("type", "card");
        var card = call.Parameters.Group("card") ?? throw StripeRefusal.Invalid("parameter_missing", "Missing required param: card.", "card");
        var method = FromCard(
            call, card.Required("number"), card.RequiredInteger("exp_month"), card.RequiredInteger("exp_year"), card.Text("cvc"), Details(new(), call.Parameters));
        method = method with { Metadata = call.Parameters.Metadata([]) };
        call.Parameters.OneOf("allow_redisplay", "always", "limited", "unspecified");
        call.Parameters.RefuseUnknown();
        return call.Put(method);
    }

    /// <summary>Shows a payment method.</summary>
    public static StripeAnswer Retrieve(StripeCall call, string id)
    {
        call.Parameters.RefuseUnknown();
        return StripeAnswer.Ok(call.Get<StripePaymentMethod>(id, "PaymentMethod").Render());
    }

    /// <summary>Changes the dates, the owner's details or the metadata.</summary>
    public static StripeAnswer Update(StripeCall call, string id)
    {
        var method = call.Get<StripePaymentMethod>(id, "PaymentMethod");
        var month = method.Card.ExpMonth;
        var year = method.Card.ExpYear;
        if (call.Parameters.Group("card") is { } card)
        {
            month = Month(card.Integer("exp_month") ?? month);
            year = Year(card.Integer("exp_year") ?? year);
        }

        method = method with
        {
            Card = method.Card with { ExpMonth = month, ExpYear = year },
            BillingDetails = Details(method.BillingDetails, call.Parameters),
            Metadata = call.Parameters.Metadata(method.Metadata),
        };
        call.Parameters.RefuseUnknown();
        return call.Put(method);
    }

    /// <summary>Attaches a card to a customer, if its bank agrees.</summary>
    public static StripeAnswer Attach(StripeCall call, string id)
    {
        var method = call.Get<StripePaymentMethod>(call.MethodId(id), "PaymentMethod");
        var customer = call.Customer(call.Parameters.Required("customer"));
        call.Parameters.RefuseUnknown();
        return call.Put(Attached(method, customer.Id, call.Now));
    }

    /// <summary>Takes a card from its customer; it can never be used again.</summary>
    public static StripeAnswer Detach(StripeCall call, string id)
    {
        var method = call.Get<StripePaymentMethod>(id, "PaymentMethod");
        call.Parameters.RefuseUnknown();
        if (method.Customer is null)
            throw StripeRefusal.Invalid(null, "The payment method you provided is not attached to a customer so detachment is impossible.", "payment_method");
        var customer = call.Customer(method.Customer);
        if (customer.InvoiceSettings.DefaultPaymentMethod == id)
            call.Save(customer with { InvoiceSettings = new StripeInvoiceSettings() });
        return call.Put(Taken(method));
    }

    /// <summary>The method once its customer has it no more: it can never be used again.</summary>
    public static StripePaymentMethod Taken(StripePaymentMethod method) => method with { Customer = null, Sandbox = method.Sandbox with { Detached = true } };

    /// <summary>The card network sends new dates, as it does when a card is replaced.</summary>
    public static StripePaymentMethod Renew(StripeCall call, string id, long month, long year)
    {
        var method = call.Get<StripePaymentMethod>(id, "PaymentMethod");
        method = method with { Card = method.Card with { ExpMonth = Month(month), ExpYear = Year(year) } };
        call.Save(method, "payment_method.automatically_updated");
        return method;
    }

    /// <summary>Lists the cards of a customer, which has to be named.</summary>
    public static StripeAnswer List(StripeCall call)
    {
        var customer = call.Customer(call.Parameters.Required("customer"));
        call.Parameters.OneOf("type", "card");
        return call.Page("/v1/payment_methods", "payment_method", customer.Id, byCreated: false);
    }

    /// <summary>The method once attached. Refused when its bank refuses, when it has another customer, or when it was detached.</summary>
    public static StripePaymentMethod Attached(StripePaymentMethod method, string customerId, DateTimeOffset now)
    {
        if (method.Sandbox.Detached)
            throw Detached();
        if (method.Customer is not null && method.Customer != customerId)
            throw StripeRefusal.Invalid(null, "The payment method you provided has already been attached to a customer.", "payment_method");
        if (method.Customer is null && CardRules.OnAttach(method.Sandbox.Behaviour, method.Card, now) is { } decline)
            throw StripeRefusal.Card(decline);
        return method with { Customer = customerId };
    }

    /// <summary>The refusal of a card that was detached.</summary>
    public static StripeRefusal Detached() => StripeRefusal.Invalid(
        null, "This PaymentMethod was detached from a Customer, and may not be used again.", "payment_method");

    /// <summary>A payment method from what is on a card. Refused when the number, dates or security code cannot be right.</summary>
    public static StripePaymentMethod FromCard(StripeCall call, string number, long month, long year, string? cvc, StripeBillingDetails details)
    {
        var digits = new string([.. number.Where(character => character is not (' ' or '-'))]);
        if (!TestCards.HasValidCheckDigit(digits))
            throw CardRefusal("incorrect_number", null, "Your card number is incorrect.", "number");
        if (TestCards.Behaviour(digits) is not { } behaviour)
            throw CardRefusal("card_declined", "test_mode_live_card", "Your card was declined. The sandbox takes only test card numbers.", "number");
        var brand = TestCards.Brand(digits);
        if (cvc is not null && (!cvc.All(char.IsAsciiDigit) || cvc.Length != (brand == "amex" ? 4 : 3)))
            throw CardRefusal("invalid_cvc", null, "Your card's security code is invalid.", "cvc");
        return new StripePaymentMethod
        {
            Id = call.Ids.Next("pm"),
            Created = call.Now.ToUnixTimeSeconds(),
            BillingDetails = details,
            Card = new StripeCard
            {
                Brand = brand,
                Checks = new StripeCardChecks { CvcCheck = cvc is null ? null : "pass" },
                ExpMonth = Month(month),
                ExpYear = Year(year),
                Fingerprint = Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(digits)))[..16],
                Last4 = digits[^4..],
            },
            Sandbox = new CardSecrets { Behaviour = behaviour },
        };
    }

    private static int Month(long month) => month is >= 1 and <= 12
        ? (int)month
        : throw CardRefusal("invalid_expiry_month", null, "Your card's expiration month is invalid.", "exp_month");

    private static int Year(long year) => year switch
    {
        >= 0 and <= 99 => (int)year + 2000,
        >= 2000 and <= 2099 => (int)year,
        _ => throw CardRefusal("invalid_expiry_year", null, "Your card's expiration year is invalid.", "exp_year"),
    };

    private static StripeRefusal CardRefusal(string code, string? declineCode, string message, string param) =>
        StripeRefusal.Card(new Decline(code, declineCode, null, message), param: $"card[{param}]");

    private static StripeBillingDetails Details(StripeBillingDetails current, StripeParameters parameters) => parameters.Group("billing_details") is not { } details
        ? current
        : new StripeBillingDetails
        {
            Name = details.Change("name", current.Name),
            Email = details.Change("email", current.Email),
            Phone = details.Change("phone", current.Phone),
        };
}
