using Connect.Grains.Tests.Campaigns;
using Connect.Messaging;

namespace Connect.Grains.Tests.Messaging;

[Collection(nameof(CampaignCluster))]
public sealed class NumbersTests(CampaignCluster cluster)
{
    [Fact]
    public async Task Numbers_are_read_in_order_for_a_country_and_what_is_none_is_zero()
    {
        var numbers = cluster.Client.GetGrain<INumbersGrain>(0);
        Assert.Equal([61_412_345_678ul, 0, 64_211_234_567], (await numbers.Read("AU", ["0412 345 678", "rubbish", "+64211234567"])).AsEnumerable());
        Assert.Equal([64_211_234_567ul], (await numbers.Read("NZ", ["021 123 4567"])).AsEnumerable());
        Assert.Empty(await numbers.Read("AU", default));
    }
}
