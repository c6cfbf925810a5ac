using System.Text.Json.Nodes;

namespace Connect.Sandbox.Stripe;

/// <summary>Replaces ids by the objects they name, as <c>expand[]</c> asks.</summary>
internal static class StripeExpansion
{
    private static readonly HashSet<string> Expandable =
        ["customer", "payment_method", "default_payment_method", "latest_charge", "payment_intent", "setup_intent", "charge"];

    /// <summary>Expands one path, such as <c>setup_intent.payment_method</c> or <c>data.latest_charge</c>.</summary>
    public static void Apply(JsonObject body, string path, StripeUnit unit) => Step(body, path.Split('.'), path, unit);

    private static void Step(JsonObject node, ReadOnlySpan<string> rest, string path, StripeUnit unit)
    {
        if (rest.IsEmpty)
            return;
        var name = rest[0];
        if (!node.TryGetPropertyValue(name, out var value))
            throw StripeRefusal.Invalid(null, $"This property cannot be expanded ({path}).", "expand");
        switch (value)
        {
            case JsonArray array:
                foreach (var item in array.OfType<JsonObject>())
                    Step(item, rest[1..], path, unit);
                break;
            case JsonObject inner:
                Step(inner, rest[1..], path, unit);
                break;
            case not null when Expandable.Contains(name) && unit.Find(value.GetValue<string>()) is { } found:
                var rendered = found.Render();
                node[name] = rendered;
                Step(rendered, rest[1..], path, unit);
                break;
            case not null:
                throw StripeRefusal.Invalid(null, $"This property cannot be expanded ({path}).", "expand");
        }
    }
}
