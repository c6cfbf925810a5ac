using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace Connect.Sandbox.Stripe;

/// <summary>The outbox: deliveries of events, in the same file and transaction as the events.</summary>
internal sealed partial class StripeUnit
{
    /// <summary>How the ids of the host's targets begin; the place in its list follows.</summary>
    public const string ConfiguredPrefix = "configured_";

    private static readonly string TargetNumber = $"CAST(substr(endpoint, {ConfiguredPrefix.Length + 1}) AS INTEGER)";
    private static readonly string CanGo = $"state = 'Pending' AND (endpoint NOT GLOB '{ConfiguredPrefix}*' OR {TargetNumber} <= $configured)";

    /// <summary>Plans a delivery.</summary>
    /// <param name="eventId">The event.</param>
    /// <param name="endpointId">The endpoint.</param>
    /// <param name="due">When it goes out.</param>
    /// <param name="state">Pending, or dropped from the start.</param>
    /// <param name="newestFirst">Whether it goes out before those of the same time that were planned earlier.</param>
    public void PlanDelivery(string eventId, string endpointId, DateTimeOffset due, DeliveryState state, bool newestFirst)
    {
        using var command = Command(
            "INSERT INTO deliveries (event, endpoint, due, state, newest_first, attempts) VALUES ($event, $endpoint, $due, $state, $newest, '[]')",
            ("$event", eventId),
            ("$endpoint", endpointId),
            ("$due", due.ToUnixTimeMilliseconds()),
            ("$state", state.ToString()),
            ("$newest", newestFirst));
        command.ExecuteNonQuery();
        HasPlanned = true;
    }

    /// <summary>The delivery that goes out next among those that are due by <paramref name="now"/>, or null.</summary>
    /// <param name="now">The time.</param>
    /// <param name="configured">How many targets of the host are set; deliveries to others of them wait.</param>
    public Delivery? NextDelivery(DateTimeOffset now, int configured) => Deliveries(
        $"WHERE {CanGo} AND due <= $now ORDER BY due, CASE WHEN newest_first THEN -position ELSE position END LIMIT 1",
        ("$now", now.ToUnixTimeMilliseconds()),
        ("$configured", configured)).SingleOrDefault();

    /// <summary>How many targets of the host anything was ever planned for.</summary>
    public int TargetsKnown()
    {
        using var command = Command($"SELECT max({TargetNumber}) FROM deliveries WHERE endpoint GLOB '{ConfiguredPrefix}*'");
        return command.ExecuteScalar() is long known ? (int)known : 0;
    }

    /// <summary>True while a delivery waits, for its time or for its target to be set.</summary>
    public bool HasPendingDeliveries()
    {
        using var command = Command("SELECT EXISTS (SELECT 1 FROM deliveries WHERE state = 'Pending')");
        return (long)command.ExecuteScalar()! != 0;
    }

    /// <summary>Up to 1,000 deliveries, newest first.</summary>
    /// <param name="eventId">Only those of this event, or null.</param>
    public IReadOnlyList<Delivery> Deliveries(string? eventId) =>
        Deliveries("WHERE $event IS NULL OR event = $event ORDER BY position DESC LIMIT 1000", ("$event", eventId));

    /// <summary>Writes what became of a delivery.</summary>
    public void Put(Delivery delivery)
    {
        using var command = Command(
            "UPDATE deliveries SET state = $state, due = $due, attempts = $attempts WHERE position = $position",
            ("$state", delivery.State.ToString()),
            ("$due", delivery.Due.ToUnixTimeMilliseconds()),
            ("$attempts", JsonSerializer.Serialize(delivery.Attempts, StripeObject.Json)),
            ("$position", delivery.Position));
        command.ExecuteNonQuery();
    }

    /// <summary>When the next delivery is due, or null when none waits but for its target to be set.</summary>
    public DateTimeOffset? NextDeliveryDue(int configured)
    {
        using var command = Command($"SELECT min(due) FROM deliveries WHERE {CanGo}", ("$configured", configured));
        return command.ExecuteScalar() is long due ? DateTimeOffset.FromUnixTimeMilliseconds(due) : null;
    }

    private List<Delivery> Deliveries(string which, params (string Name, object? Value)[] values)
    {
        using var command = Command($"SELECT position, event, endpoint, state, due, attempts FROM deliveries {which}", values);
        using var reader = command.ExecuteReader();
        var found = new List<Delivery>();
        while (reader.Read())
            found.Add(Read(reader));
        return found;
    }

    private static Delivery Read(SqliteDataReader row) => new(
        row.GetInt64(0),
        row.GetString(1),
        row.GetString(2),
        Enum.Parse<DeliveryState>(row.GetString(3)),
        DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(4)))
    {
        Attempts = JsonSerializer.Deserialize<DeliveryAttempt[]>(row.GetString(5), StripeObject.Json)!,
    };
}
