using System.Text.Json.Nodes;

namespace Connect.Sandbox.Stripe;

/// <summary>One request at work: its parameters and what it may touch.</summary>
internal sealed class StripeCall
{
    private readonly StripeSandboxWebhooks _webhooks;
    private readonly StripeEventRequest _cause;

    /// <summary>Reads what every request may carry.</summary>
    public StripeCall(
        StripeUnit unit, StripeParameters parameters, IStripeIds ids, StripeSandboxWebhooks webhooks, DateTimeOffset now, string pageBase, StripeEventRequest cause)
    {
        (Unit, Parameters, Ids, Now, PageBase, _webhooks, _cause) = (unit, parameters, ids, now, pageBase, webhooks, cause);
        Expand = parameters.Texts("expand") ?? [];
    }

    /// <summary>The state.</summary>
    public StripeUnit Unit { get; }

    /// <summary>What the caller asked.</summary>
    public StripeParameters Parameters { get; }

    /// <summary>Makes new ids.</summary>
    public IStripeIds Ids { get; }

    /// <summary>The time of the request.</summary>
    public DateTimeOffset Now { get; }

    /// <summary>Where the hosted pages are, without a slash at the end.</summary>
    public string PageBase { get; }

    /// <summary>The paths of ids to replace by their objects.</summary>
    public IReadOnlyList<string> Expand { get; }

    /// <summary>The object with this id, which the URL names.</summary>
    public T Get<T>(string id, string kind) where T : StripeObject => Unit.Find<T>(id) ?? throw StripeRefusal.Missing(kind, id, "id");

    /// <summary>The customer that a parameter names.</summary>
    public StripeCustomer Customer(string id) => Unit.Find<StripeCustomer>(id) is { Sandbox.Deleted: false } found ? found : throw StripeRefusal.Missing("customer", id, "customer");

    /// <summary>The id of the payment method that a parameter names. One of Stripe's test names, such as <c>pm_card_visa</c>, makes a new card.</summary>
    [return: System.Diagnostics.CodeAnalysis.NotNullIfNotNull(nameof(name))]
    public string? MethodId(string? name)
    {
        if (name is null || TestTokens.Number(name) is not { } number)
            return name;
        var method = PaymentMethods.FromCard(this, number, Now.Month, Now.Year + 3, cvc: null, new StripeBillingDetails());
        Save(method);
        return method.Id;
    }

    /// <summary>The payment method that a parameter names.</summary>
    public StripePaymentMethod PaymentMethod(string id) =>
        Unit.Find<StripePaymentMethod>(id) ?? throw StripeRefusal.Missing("PaymentMethod", id, "payment_method");

    /// <summary>The kinds of payment that the caller allows, card among them, or null when it does not say.</summary>
    public IReadOnlyList<string>? AllowedTypes()
    {
        const string name = "allowed_payment_method_types";
        if (Parameters.Texts(name) is not { } types)
            return null;
        return types.Contains("card") ? types : throw StripeRefusal.Invalid(null, "The sandbox takes cards only.", name);
    }

    /// <summary>Writes an object, new or changed, and the events that the change is.</summary>
    /// <param name="item">The object.</param>
    /// <param name="eventType">The event that it is, when the change does not tell.</param>
    public void Save(StripeObject item, string? eventType = null)
    {
        var before = Unit.Find(item.Id);
        Unit.Put(item);
        foreach (var type in eventType is null ? EventRules.Of(before, item) : [eventType])
        {
            var isUpdate = type.EndsWith("updated", StringComparison.Ordinal) || type == "charge.refunded";
            _webhooks.Announce(
                Unit,
                new StripeEvent
                {
                    Id = Ids.Next("evt"),
                    Created = Now.ToUnixTimeSeconds(),
                    Data = new StripeEventData
                    {
                        Object = item.Render(),
                        PreviousAttributes = isUpdate && before is not null ? EventRules.Previous(before.Render(), item.Render()) : null,
                    },
                    Request = _cause,
                    Type = type,
                },
                Now);
        }
    }

    /// <summary>Writes an object and answers with it.</summary>
    public StripeAnswer Put(StripeObject item)
    {
        Save(item);
        return StripeAnswer.Ok(item.Render());
    }

    /// <summary>Answers with one page of a list.</summary>
    /// <param name="url">The path of the list.</param>
    /// <param name="kind">Stripe's name of the kind.</param>
    /// <param name="owner">Only those of this customer, or null.</param>
    /// <param name="parent">Only those of this other object, or null.</param>
    /// <param name="byCreated">Whether the caller may filter by time.</param>
    /// <param name="members">Only those whose members have one of these values.</param>
    public StripeAnswer Page(
        string url,
        string kind,
        string? owner = null,
        string? parent = null,
        bool byCreated = true,
        params IReadOnlyList<(string Name, IReadOnlyList<string> Allowed)> members)
    {
        var limit = Parameters.Integer("limit") ?? 10;
        var query = new StripeListQuery
        {
            Kind = kind,
            Owner = owner,
            Parent = parent,
            Members = members,
            Created = byCreated ? CreatedRange() : default,
            StartingAfter = Cursor("starting_after", kind),
            EndingBefore = Cursor("ending_before", kind),
            Limit = limit is >= 1 and <= 100 ? limit : throw StripeRefusal.Invalid("parameter_invalid_integer", "Limit must be from 1 to 100.", "limit"),
        };
        Parameters.RefuseUnknown();
        var items = Unit.List(query);
        var hasMore = items.Count > limit;
        var page = items.Take((int)limit).AsEnumerable();
        if (query.EndingBefore is not null)
            page = page.Reverse();
        return StripeAnswer.Ok(new JsonObject
        {
            ["object"] = "list",
            ["url"] = url,
            ["has_more"] = hasMore,
            ["data"] = new JsonArray([.. page.Select(item => item.Render())]),
        });
    }

    /// <summary>A condition on a list from a parameter of the same name: none when it was not given.</summary>
    public IReadOnlyList<(string Name, IReadOnlyList<string> Allowed)> Where(string name) => Parameters.Text(name) is { } value ? [(name, [value])] : [];

    private CreatedRange CreatedRange()
    {
        if (Parameters.Group("created") is { } range)
            return new(range.Integer("gt"), range.Integer("gte"), range.Integer("lt"), range.Integer("lte"));
        var exactly = Parameters.Integer("created");
        return new(null, exactly, null, exactly);
    }

    private string? Cursor(string name, string kind)
    {
        if (Parameters.Text(name) is not { } id)
            return null;
        return Unit.Find(id)?.Object == kind ? id : throw StripeRefusal.Invalid("resource_missing", $"No such {kind}: '{id}'", name);
    }
}

/// <summary>What is answered.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Body">JSON body.</param>
internal sealed record StripeAnswer(int Status, JsonObject Body)
{
    /// <summary>200 with an object.</summary>
    public static StripeAnswer Ok(JsonObject body) => new(200, body);

    /// <summary>A refusal whose work is kept, such as a decline.</summary>
    public static StripeAnswer Refused(int status, StripeError error) =>
        new(status, new JsonObject { ["error"] = System.Text.Json.JsonSerializer.SerializeToNode(error, StripeObject.Json) });
}
