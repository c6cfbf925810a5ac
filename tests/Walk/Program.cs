using Connect.Testing;

try
{
    await new Walk(Console.WriteLine, kills: args.Contains("--kill")).Run();
    return 0;
}
catch (Exception error)
{
    await Console.Error.WriteLineAsync(error.Message);
    return 1;
}
