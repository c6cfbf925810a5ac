using System.Text.Json.Nodes;

namespace Connect.Sandbox.Stripe;

/// <summary><c>/v1/customers</c>.</summary>
internal static class Customers
{
    /// <summary>Makes a customer. A payment method given with it is attached.</summary>
    public static StripeAnswer Create(StripeCall call)
    {
        var customer = Described(new StripeCustomer { Id = call.Ids.Next("cus"), Created = call.Now.ToUnixTimeSeconds() }, call.Parameters);
        var methodId = call.MethodId(call.Parameters.Text("payment_method"));
        var defaultId = call.Parameters.Group("invoice_settings")?.Text("default_payment_method");
        call.Parameters.RefuseUnknown();
        if (defaultId is not null && defaultId != methodId)
            throw NotAttached(defaultId);
        if (methodId is not null)
            call.Save(PaymentMethods.Attached(call.PaymentMethod(methodId), customer.Id, call.Now));
        return call.Put(customer with { InvoiceSettings = new StripeInvoiceSettings { DefaultPaymentMethod = defaultId } });
    }

    /// <summary>Shows a customer.</summary>
    public static StripeAnswer Retrieve(StripeCall call, string id)
    {
        call.Parameters.RefuseUnknown();
        var customer = call.Get<StripeCustomer>(id, "customer");
        return StripeAnswer.Ok(customer.Sandbox.Deleted ? Tombstone(id) : customer.Render());
    }

    /// <summary>Deletes a customer for good, and takes its cards from it.</summary>
    public static StripeAnswer Delete(StripeCall call, string id)
    {
        call.Parameters.RefuseUnknown();
        var customer = Find(call, id);
        var cards = call.Unit.List(new StripeListQuery { Kind = "payment_method", Owner = id, Limit = int.MaxValue - 1 }).Cast<StripePaymentMethod>();
        foreach (var card in cards)
            call.Save(PaymentMethods.Taken(card));
        call.Save(customer with { Sandbox = new CustomerSecrets { Deleted = true } });
        return StripeAnswer.Ok(Tombstone(id));
    }

    /// <summary>Changes a customer; the default payment method must be attached to it.</summary>
    public static StripeAnswer Update(StripeCall call, string id)
    {
        var customer = Described(Find(call, id), call.Parameters);
        if (call.Parameters.Group("invoice_settings") is { } settings)
        {
            var methodId = settings.Change("default_payment_method", customer.InvoiceSettings.DefaultPaymentMethod);
            if (methodId is not null && call.PaymentMethod(methodId).Customer != id)
                throw NotAttached(methodId);
            customer = customer with { InvoiceSettings = new StripeInvoiceSettings { DefaultPaymentMethod = methodId } };
        }

        call.Parameters.RefuseUnknown();
        return call.Put(customer);
    }

    /// <summary>Lists customers.</summary>
    public static StripeAnswer List(StripeCall call) => call.Page("/v1/customers", "customer");

    /// <summary>Lists the cards of a customer.</summary>
    public static StripeAnswer ListPaymentMethods(StripeCall call, string id)
    {
        call.Parameters.OneOf("type", "card");
        return call.Page($"/v1/customers/{id}/payment_methods", "payment_method", Find(call, id).Id, byCreated: false);
    }

    /// <summary>Shows a card of a customer.</summary>
    public static StripeAnswer RetrievePaymentMethod(StripeCall call, string id, string methodId)
    {
        call.Parameters.RefuseUnknown();
        Find(call, id);
        var method = call.PaymentMethod(methodId);
        return method.Customer == id ? StripeAnswer.Ok(method.Render()) : throw StripeRefusal.Missing("PaymentMethod", methodId, "payment_method");
    }

    private static StripeCustomer Find(StripeCall call, string id) => call.Get<StripeCustomer>(id, "customer") is { Sandbox.Deleted: false } customer
        ? customer
        : throw StripeRefusal.Missing("customer", id, "id");

    private static JsonObject Tombstone(string id) => new() { ["id"] = id, ["object"] = "customer", ["deleted"] = true };

    private static StripeCustomer Described(StripeCustomer customer, StripeParameters parameters) => customer with
    {
        Name = parameters.Change("name", customer.Name),
        Email = parameters.Change("email", customer.Email),
        Phone = parameters.Change("phone", customer.Phone),
        Description = parameters.Change("description", customer.Description),
        Metadata = parameters.Metadata(customer.Metadata),
    };

    private static StripeRefusal NotAttached(string methodId) => StripeRefusal.Invalid(
        "resource_missing",
        $"The customer does not have a payment method with the ID {methodId}. The payment method must be attached to the customer.",
        "invoice_settings[default_payment_method]");
}
