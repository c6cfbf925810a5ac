using Connect.Purchases;
using Orleans.Concurrency;

namespace Connect.Grains.Purchases;

/// <summary>Answers for the silo's <see cref="PriceList"/>; holds no state, so every silo answers for itself.</summary>
[StatelessWorker]
public sealed class PricingGrain(PriceList prices) : Grain, IPricingGrain
{
    /// <inheritdoc />
    public Task<PriceListView> Get() => Task.FromResult(prices.View);

    /// <inheritdoc />
    public Task<Price?> Price(long credits) => Task.FromResult(prices.Price(credits));
}
