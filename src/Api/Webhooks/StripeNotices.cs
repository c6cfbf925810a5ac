using System.Text.Json;
using Connect.Purchases;

namespace Connect.Api.Webhooks;

/// <summary>
/// Which object an event of Stripe is about. Nothing else of it is read: what happened to the object is asked from Stripe. The version of the event therefore does not matter.
/// </summary>
public static class StripeNotices
{
    /// <summary>Reads an event.</summary>
    /// <param name="json">The body, whose signature was verified.</param>
    /// <exception cref="FormatException">It is no event; the message says why.</exception>
    public static (string EventId, StripeNotice? Notice) Read(string json)
    {
        using var document = Parse(json);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object) throw new FormatException("The body is not a JSON object.");
        if (IdOf(root, "id") is not { } eventId) throw new FormatException("The event has no id of letters, digits and '_'.");
        if (Text(root, "type") is not { Length: > 0 and <= StripeNotice.MaxIdLength } type) throw new FormatException("The event has no type.");

        return (eventId, Part(root, "data") is { } data && Part(data, "object") is { } subject ? Of(type, subject) : null);
    }

    // Null for what this program has no use for.
    private static StripeNotice? Of(string type, JsonElement subject) => type switch
    {
        _ when IsOf(type, "payment_intent") => Payment(type, subject, IdOf(subject, "id")),
        _ when IsOf(type, "charge") || IsOf(type, "refund") || IsOf(type, "radar.early_fraud_warning") =>
            Payment(type, subject, IdOf(subject, "payment_intent") ?? (Text(subject, "object") == "charge" ? IdOf(subject, "id") : IdOf(subject, "charge"))),
        "checkout.session.completed" when Text(subject, "mode") == "setup" => Card(type, subject) is { } page ? page with { SetupId = IdOf(subject, "id") } : null,
        "setup_intent.succeeded" => Card(type, subject) is { } setup ? setup with { SetupId = IdOf(subject, "id") } : null,
        "payment_method.updated" or "payment_method.automatically_updated" => Card(type, subject) is { } card ? card with { CardId = IdOf(subject, "id") } : null,
        _ => null,
    };

    private static StripeNotice? Payment(string type, JsonElement subject, string? paymentId)
    {
        var key = Part(subject, "metadata") is { } metadata ? Text(metadata, "purchase_id") : null;
        return paymentId is null ? null : new() { Type = type, PaymentId = paymentId, PurchaseKey = key is { Length: <= StripeNotice.MaxIdLength } ? key : null };
    }

    private static StripeNotice? Card(string type, JsonElement subject) =>
        IdOf(subject, "customer") is { } customer && IdOf(subject, "id") is not null ? new() { Type = type, CustomerId = customer } : null;

    private static bool IsOf(string type, string family) => type.Length > family.Length && type[family.Length] == '.' && type.StartsWith(family, StringComparison.Ordinal);

    private static JsonDocument Parse(string json)
    {
        try
        {
            return JsonDocument.Parse(json);
        }
        catch (JsonException)
        {
            throw new FormatException("The body is not JSON.");
        }
    }

    // An id, or the id of an object that stands in its place.
    private static string? IdOf(JsonElement element, string name)
    {
        var text = Part(element, name) is { } whole ? Text(whole, "id") : Text(element, name);
        return StripeNotice.IsId(text) ? text : null;
    }

    private static JsonElement? Part(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object ? value : null;

    private static string? Text(JsonElement element, string name)
    {
        if (!element.TryGetProperty(name, out var value) || value.ValueKind != JsonValueKind.String) return null;
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair is JSON, but no text.
            return null;
        }
    }
}
