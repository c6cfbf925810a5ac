namespace Connect.Api.Composition;

/// <summary>Where the grains are: in this process, in memory, until storage is there.</summary>
internal static class GrainHosting
{
    /// <summary>Hosts one silo that forgets everything when it stops.</summary>
    public static void AddGrains(this WebApplicationBuilder builder)
    {
        builder.UseOrleans(silo => silo.UseLocalhostClustering().AddMemoryGrainStorage("grains").UseInMemoryReminderService());
        builder.Services.AddSingleton(TimeProvider.System);
    }
}
