using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Connect.Sandbox.Stripe;

/// <summary>
/// What every stored object has. Objects are kept and sent as snake_case JSON in the shape of Stripe's API; the member named
/// <c>sandbox</c>, where an object has one, is the simulator's own knowledge and is never sent.
/// </summary>
internal abstract record StripeObject
{
    private const string PrivateMember = "sandbox";

    /// <summary>How objects are written, in storage and on the wire.</summary>
    public static JsonSerializerOptions Json { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DictionaryKeyPolicy = null,
    };

    /// <summary>How rendered objects are written on the wire.</summary>
    public static JsonSerializerOptions Wire { get; } = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The id, prefix included.</summary>
    public required string Id { get; init; }

    /// <summary>Stripe's name of the kind, for example <c>payment_intent</c>.</summary>
    public abstract string Object { get; }

    /// <summary>When it was made, in Unix seconds.</summary>
    public required long Created { get; init; }

    /// <summary>Always false: nothing here is real money.</summary>
    public bool Livemode { get; init; }

    /// <summary>The caller's own keys and values.</summary>
    public Dictionary<string, string> Metadata { get; init; } = [];

    /// <summary>The customer that lists filter by, or null.</summary>
    [JsonIgnore]
    public virtual string? Owner => null;

    /// <summary>The other object that lists filter by (a charge's intent), or null.</summary>
    [JsonIgnore]
    public virtual string? Parent => null;

    /// <summary>Whether Stripe's object of this kind has <c>metadata</c>.</summary>
    protected virtual bool HasMetadata => true;

    /// <summary>Whether Stripe's object of this kind has <c>livemode</c>.</summary>
    protected virtual bool HasLivemode => true;

    /// <summary>The object as the API shows it.</summary>
    public JsonObject Render()
    {
        var json = JsonSerializer.SerializeToNode(this, GetType(), Json)!.AsObject();
        json.Remove(PrivateMember);
        if (!HasMetadata)
            json.Remove("metadata");
        if (!HasLivemode)
            json.Remove("livemode");
        return json;
    }
}
