using System.Collections.Immutable;
using Connect.Messaging;
using Orleans.Concurrency;

namespace Connect.Grains.Messaging;

/// <summary>Takes reports and lets them go: nobody looks at them yet.</summary>
[StatelessWorker]
public sealed class DeliveryReportsGrain : Grain, IDeliveryReportsGrain
{
    /// <inheritdoc/>
    public Task Report(ImmutableArray<DeliveryReport> reports) => Task.CompletedTask;
}
