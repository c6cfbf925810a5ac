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

    [Theory]
    [InlineData(Store.Sqlite)]
    [InlineData(Store.PostgreSql)]
    public async Task Keys_that_read_as_one_number_or_guid_are_different_grains(Store store)
    {
        string[] keys = ["ab", "AB", "0ab", "1", "01", "0a1b2c3d4e5f60718293a4b5c6d7e8f9", "0A1B2C3D4E5F60718293A4B5C6D7E8F9"];
        using var data = new TestData(store);
        using (var first = await data.StartSilo())
        {
            foreach (var key in keys)
                await Notes(first, key).Write($"note of {key}");
            await first.StopAsync();
        }

        using var second = await data.StartSilo();
        foreach (var key in keys)
            Assert.Equal($"note of {key}", await Notes(second, key).Read());
        await Notes(second, "ab").Clear();
        Assert.Equal("note of AB", await Notes(second, "AB").Read());
        await second.StopAsync();
    }

    private static INoteGrain Notes(IHost host, string key) => host.Services.GetRequiredService<IGrainFactory>().GetGrain<INoteGrain>(key);
}
