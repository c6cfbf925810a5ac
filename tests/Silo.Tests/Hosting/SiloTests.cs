using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Connect.Silo.Tests.Hosting;

public sealed class SiloTests
{
    [Theory]
    [InlineData(Store.Sqlite)]
    [InlineData(Store.PostgreSql)]
    public async Task State_of_a_grain_survives_a_restart_of_the_silo(Store store)
    {
        using var data = new TestData(store);
        using (var first = await data.StartSilo())
        {
            await Notes(first, "a").Write("one");
            await Notes(first, "a").Write("two");
            await Notes(first, "gone").Write("text");
            await Notes(first, "gone").Clear();
            await first.StopAsync();
        }

        using var second = await data.StartSilo();
        Assert.Equal("two", await Notes(second, "a").Read());
        Assert.Null(await Notes(second, "gone").Read());
        await Notes(second, "gone").Write("again");
        Assert.Equal("again", await Notes(second, "gone").Read());
        await second.StopAsync();
    }

    private static INoteGrain Notes(IHost host, string key) => host.Services.GetRequiredService<IGrainFactory>().GetGrain<INoteGrain>(key);
}
