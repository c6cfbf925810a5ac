using System.Text.Json.Serialization;

namespace Connect.Sandbox.Stripe;

/// <summary>One event on its way to one endpoint, with every attempt.</summary>
/// <param name="Position">Its number, in the order of planning.</param>
/// <param name="Event">The event's id.</param>
/// <param name="Endpoint">The endpoint's id; one that the host configured is <c>configured_1</c> and so on.</param>
/// <param name="State">How it stands.</param>
/// <param name="Due">When the next attempt is to be made; of one that is over, when the last was.</param>
internal sealed record Delivery(long Position, string Event, string Endpoint, DeliveryState State, DateTimeOffset Due)
{
    /// <summary>Every attempt, oldest first.</summary>
    public IReadOnlyList<DeliveryAttempt> Attempts { get; init; } = [];
}

/// <summary>One attempt to deliver.</summary>
/// <param name="At">When, by the sandbox's clock.</param>
/// <param name="Status">The HTTP status that came back, or null when none did.</param>
/// <param name="Error">Why none came back, or null.</param>
internal sealed record DeliveryAttempt(DateTimeOffset At, int? Status, string? Error)
{
    /// <summary>True when the endpoint took it.</summary>
    [JsonIgnore]
    public bool Succeeded => Status is >= 200 and <= 299;
}

/// <summary>How a delivery stands.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DeliveryState>))]
internal enum DeliveryState
{
    /// <summary>To be tried, or tried again.</summary>
    [JsonStringEnumMemberName("pending")]
    Pending,

    /// <summary>The endpoint took it.</summary>
    [JsonStringEnumMemberName("delivered")]
    Delivered,

    /// <summary>Given up after three days, or because the endpoint is no more.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed,

    /// <summary>Never to be tried, by mischief.</summary>
    [JsonStringEnumMemberName("dropped")]
    Dropped,
}
